// The package's types, for TypeScript.

import {
  AbstractBatchOperation,
  AbstractBatchOptions,
  AbstractChainedBatch,
  AbstractClearOptions,
  AbstractDatabaseOptions,
  AbstractDelOptions,
  AbstractGetManyOptions,
  AbstractGetOptions,
  AbstractHasManyOptions,
  AbstractHasOptions,
  AbstractIterator,
  AbstractIteratorOptions,
  AbstractKeyIterator,
  AbstractKeyIteratorOptions,
  AbstractLevel,
  AbstractOpenOptions,
  AbstractPutOptions,
  AbstractValueIterator,
  AbstractValueIteratorOptions,
} from 'abstract-level';

/**
 * A store for levelup and the libraries above it. TypeScript calls it without
 * `new`; JavaScript may also use `new`.
 *
 * @param location "table/hash", "table", "dynamodb://..." or "leveldb:PATH".
 */
declare function Module(location: string): Module.Down;
/**
 * A constructor of stores with the region, endpoint and credentials of a client
 * of AWS's SDK for JavaScript, version 2 or 3.
 */
declare function Module(client: Module.Client): Module.Constructor;

declare namespace Module {
  export import DynamoDOWN = Module;

  /** A client of AWS's SDK for JavaScript; only its configuration is read. */
  interface Client {
    config: object;
  }

  interface Keys {
    accessKeyId: string;
    secretAccessKey: string;
    sessionToken?: string|undefined;
    /** When the keys expire. Default: never. */
    expiration?: Date|undefined;
  }

  /** Where the table is and how to reach it. Times are in milliseconds. */
  interface ConnectionOptions {
    /** Supplies region, endpoint and credentials that are not given. */
    client?: Client|undefined;
    /** AWS region. Default: the environment's, then the profile's. */
    region?: string|(() => Promise<string>)|undefined;
    /** "http://127.0.0.1:8000". Default: the region's own. */
    endpoint?: string|URL|undefined;
    /**
     * Keys, or a function that returns them and is called again before they
     * expire. Default: the places where every AWS tool looks.
     */
    credentials?: Keys|(() => Promise<Keys>)|undefined;
    /**
     * A profile of the shared config and credentials files. Default:
     * AWS_PROFILE, then "default".
     */
    profile?: string|undefined;
    /** PEM file of the authorities to trust instead of the system's. */
    caBundle?: string|undefined;
    /** Use the region's endpoint with FIPS 140 cryptography. */
    useFipsEndpoint?: boolean|undefined;
    /** Use the region's endpoint with IPv6 beside IPv4. */
    useDualstackEndpoint?: boolean|undefined;
    /** Time to connect. Default 1,000. */
    connectTimeout?: number|undefined;
    /** Time for one request. Default 5,000. */
    attemptTimeout?: number|undefined;
    /** A call without progress for this long fails. Default 60,000. */
    deadline?: number|undefined;
    /** Requests for one call, the first included. Default 10. */
    maxAttempts?: number|undefined;
    /** Bound of the wait before the first retry. Default 25. */
    retryBaseDelay?: number|undefined;
    /** Bound of the wait before any retry. Default 5,000. */
    retryMaxDelay?: number|undefined;
    /**
     * Tokens for retries: a retry takes 5 tokens, except after throttling. A
     * call that succeeds gives back 5 tokens if it took any, else 1 token.
     * Default 500.
     */
    retryBudget?: number|undefined;
    /** Calls that run at once. Default 16, embedded 4. */
    concurrency?: number|undefined;
    /** Send gets, or puts, that begin together as one request. Default true. */
    grouping?: boolean|undefined;
    /** Requests of one call at once, 1 to 64. Default 12. */
    maxParallel?: number|undefined;
  }

  /** The limits of a service other than DynamoDB that speaks its protocol. */
  interface LimitOptions {
    limitItemBytes?: number|undefined;
    limitRangeKeyBytes?: number|undefined;
    limitHashKeyBytes?: number|undefined;
    limitBatchWriteItems?: number|undefined;
    limitBatchGetKeys?: number|undefined;
    limitBatchBytes?: number|undefined;
    limitTransactionItems?: number|undefined;
    limitTransactionBytes?: number|undefined;
  }

  /** The table and the names of its attributes. */
  interface TableOptions {
    /** With both key names, opening does not ask the table for them. */
    hashKey?: string|undefined;
    rangeKey?: string|undefined;
    /** Type of the hash key that hashKey names. Default "string". */
    hashKeyType?: 'string'|'binary'|undefined;
    /** Type of the range key of a table that is created. Default "binary". */
    keyType?: 'string'|'binary'|undefined;
    /** The attribute that holds the value. Default "value". */
    valueAttribute?: string|undefined;
    /** Capacity of a table that is created. Default: on demand. */
    readCapacityUnits?: number|undefined;
    writeCapacityUnits?: number|undefined;
    ProvisionedThroughput?: {
      ReadCapacityUnits: number,
      WriteCapacityUnits: number,
    }|undefined;
    /** Milliseconds until a new table is ACTIVE. Default 180,000. */
    createTimeout?: number|undefined;
  }

  /** Options of embedded stores, "leveldb:PATH", as in classic-level. */
  interface EmbeddedOptions {
    compression?: boolean|undefined;
    cacheSize?: number|undefined;
    writeBufferSize?: number|undefined;
    blockSize?: number|undefined;
    maxOpenFiles?: number|undefined;
    blockRestartInterval?: number|undefined;
    maxFileSize?: number|undefined;
    /** Continue the last log when opening. Default false. */
    reuseLogs?: boolean|undefined;
    /** Refuse a store with damaged files, before anything is changed. Default
     * true. */
    checkFiles?: boolean|undefined;
  }

  interface ReadOptions {
    /** Default: the store's. */
    consistency?: 'strong'|'eventual'|undefined;
    /** For embedded stores. Default true. */
    fillCache?: boolean|undefined;
  }

  interface WriteOptions {
    /** For embedded stores. Default false. DynamoDB's writes are durable. */
    sync?: boolean|undefined;
  }

  interface BatchMode {
    /**
     * "atomic", the default: up to 100 keys and 4 MB on DynamoDB; "unordered":
     * any size, not atomic, half the write units.
     */
    batch?: 'atomic'|'unordered'|undefined;
  }

  interface StoreOptions
      extends ConnectionOptions, TableOptions, LimitOptions, EmbeddedOptions,
              BatchMode {
    /** Create the store, and on DynamoDB its table. Default true. */
    createIfMissing?: boolean|undefined;
    /** Fail if the store exists. Default false. */
    errorIfExists?: boolean|undefined;
    /** Default "strong". */
    consistency?: 'strong'|'eventual'|undefined;
    /** End an iterator at the first item that it cannot read. Default false. */
    paranoidChecks?: boolean|undefined;
    /** Units a second that the store consumes at most. Default: no limit. */
    maxReadUnits?: number|undefined;
    maxWriteUnits?: number|undefined;
  }

  interface DestroyOptions extends ConnectionOptions {
    /** Destroy a store of another library, too: one without a descriptor. */
    force?: boolean|undefined;
    /** Then delete the table, too. Fails, and deletes nothing, if the table holds another store. */
    dropTable?: boolean|undefined;
  }

  /** Options in the form of npm's old drivers. */
  interface OldOptions extends StoreOptions {
    dynamo?: (StoreOptions&Partial<Keys>)|undefined;
  }

  type Callback<T = void> = (error: Error|null|undefined, value: T) => void;

  /** A store of abstract-leveldown 7, which documents its other calls. */
  interface Down {
    readonly location: string;
    readonly status: string;
    readonly supports: object;
    open(callback: Callback): void;
    open(options: OldOptions, callback: Callback): void;
    close(callback: Callback): void;
    getProperty(property: string): string|undefined;
    [method: string]: any;
  }

  interface Constructor {
    (location: string): Down;
    new(location: string): Down;
    destroy(location: string, callback: Callback): void;
    destroy(
        location: string, options: DestroyOptions, callback: Callback): void;
  }

  function destroy(location: string, callback: Callback): void;
  function destroy(
      location: string, options: DestroyOptions&OldOptions,
      callback: Callback): void;

  type Format = string|Buffer|Uint8Array;

  /**
   * A store of abstract-level.
   *
   * @template K The default type of keys.
   * @template V The default type of values.
   */
  class DynamoLevel<K = string, V = string>
      extends AbstractLevel<Format, K, V> {
    /**
     * @param location "table/hash", "table", "dynamodb://..." or
     * "leveldb:PATH".
     */
    constructor(
        location: string,
        options?: (AbstractDatabaseOptions<K, V>&StoreOptions)|undefined);

    get location(): string;

    open(): Promise<void>;
    open(options: AbstractOpenOptions&StoreOptions): Promise<void>;

    get(key: K): Promise<V|undefined>;
    get<K2 = K, V2 = V>(
        key: K2, options: AbstractGetOptions<K2, V2>&ReadOptions):
        Promise<V2|undefined>;

    getSync(key: K): V|undefined;
    getSync<K2 = K, V2 = V>(
        key: K2, options: AbstractGetOptions<K2, V2>&ReadOptions): V2|undefined;

    getMany(keys: K[]): Promise<(V|undefined)[]>;
    getMany<K2 = K, V2 = V>(
        keys: K2[], options: AbstractGetManyOptions<K2, V2>&ReadOptions):
        Promise<(V2|undefined)[]>;

    has(key: K): Promise<boolean>;
    has<K2 = K>(key: K2, options: AbstractHasOptions<K2>&ReadOptions):
        Promise<boolean>;

    hasMany(keys: K[]): Promise<boolean[]>;
    hasMany<K2 = K>(
        keys: K2[], options: AbstractHasManyOptions<K2>&ReadOptions):
        Promise<boolean[]>;

    put(key: K, value: V): Promise<void>;
    put<K2 = K, V2 = V>(
        key: K2, value: V2, options: AbstractPutOptions<K2, V2>&WriteOptions):
        Promise<void>;

    del(key: K): Promise<void>;
    del<K2 = K>(key: K2, options: AbstractDelOptions<K2>&WriteOptions):
        Promise<void>;

    batch(operations: Array<AbstractBatchOperation<typeof this, K, V>>):
        Promise<void>;
    batch<K2 = K, V2 = V>(
        operations: Array<AbstractBatchOperation<typeof this, K2, V2>>,
        options: AbstractBatchOptions<K2, V2>&WriteOptions&BatchMode):
        Promise<void>;
    batch(): AbstractChainedBatch<typeof this, K, V>;

    iterator(): AbstractIterator<typeof this, K, V>;
    iterator<K2 = K, V2 = V>(
        options: AbstractIteratorOptions<K2, V2>&IteratorOptions):
        AbstractIterator<typeof this, K2, V2>;

    keys(): AbstractKeyIterator<typeof this, K>;
    keys<K2 = K>(options: AbstractKeyIteratorOptions<K2>&IteratorOptions):
        AbstractKeyIterator<typeof this, K2>;

    values(): AbstractValueIterator<typeof this, K, V>;
    values<K2 = K, V2 = V>(
        options: AbstractValueIteratorOptions<K2, V2>&IteratorOptions):
        AbstractValueIterator<typeof this, K2, V2>;

    clear(): Promise<void>;
    clear<K2 = K>(options: AbstractClearOptions<K2>): Promise<void>;

    /**
     * The bytes from `start` up to `end`, without it. On DynamoDB it is an
     * estimate for ranges over a page of 1 MB.
     */
    approximateSize(start: K, end: K): Promise<number>;
    approximateSize<K2 = K>(start: K2, end: K2, options: KeyOptions<K2>):
        Promise<number>;

    /** Does nothing on DynamoDB. */
    compactRange(start: K, end: K): Promise<void>;
    compactRange<K2 = K>(start: K2, end: K2, options: KeyOptions<K2>):
        Promise<void>;

    /** "leveldb.stats", "dynamodown.requests" and so on. */
    getProperty(property: string): string|undefined;

    /** Deletes the store at `location`, and nothing else. */
    static destroy(location: string, options?: DestroyOptions): Promise<void>;
  }

  interface KeyOptions<K> {
    keyEncoding?: AbstractGetOptions<K, any>['keyEncoding'];
  }

  interface IteratorOptions extends ReadOptions {
    /** Bytes of one trip to the addon. Default 16 KiB. */
    highWaterMarkBytes?: number|undefined;
  }

  // ------------------------------------------------------------------- dyno

  interface DynoOptions {
    /** Create a new store as replicated, so that it can be synchronized. */
    replicated?: boolean|undefined;
    /** The replica id of a new store, 12 hex digits. */
    replica?: string|undefined;
  }

  interface OperationOptions extends WriteOptions {
    /** The timestamp to write with, from newTimestamp() or a failed write. */
    timestamp?: string|undefined;
  }

  interface LateRecord {
    key: string;
    timestamp: string;
    operation: string;
    change: unknown;
  }

  interface Item<T = any> {
    name: string;
    /** Undefined if the item was deleted or never existed. */
    item: T|undefined;
    /** The timestamp of the last change; empty if there is none. */
    timestamp: string;
    changes: number;
    hash: string;
    records: number;
    late: LateRecord[];
    unknown: string[];
  }

  interface HistoryEntry<T = any> {
    kind: 'base'|'operation'|'unknown'|'late'|'settled';
    timestamp: string;
    operation: string;
    change: unknown;
    item: T|undefined;
    changes: number;
    hash: string;
  }

  interface QueryOptions {
    from?: string|undefined;
    to?: string|undefined;
    /** One attribute and its value. */
    where?: Record<string, unknown>|undefined;
    deleted?: boolean|undefined;
    limit?: number|undefined;
  }

  interface FlattenResult {
    timestamp: string;
    folded: number;
    steps: number;
  }

  interface SyncOptions {
    /** Compare every item. Default false: only those in the logs. */
    full?: boolean|undefined;
    /**
     * Called with the progress now and then; the sync waits for it. If it
     * returns false, the sync ends with an AbortError; if it throws, with that
     * error. Nothing that was exchanged is undone.
     */
    progress?: ((report: SyncProgress) => unknown)|undefined;
  }

  interface SyncProgress {
    /** Whether whole stores are compared. */
    firstMeeting: boolean;
    /** Items compared so far. */
    items: number;
    /** Operations put so far, into both stores. */
    operations: number;
    /** The name of the last item. */
    name: string;
  }

  /** What a sync changed in one of its stores. */
  interface SyncSide {
    /** Items that were changed. */
    items: number;
    /** Records that were put. */
    operations: number;
    /** Records that were deleted, since flattened ones replace them. */
    deletes: number;
    ranges: number;
    writes: number;
    bytesRead: number;
    bytesWritten: number;
    /** Operations left in the other store, too far ahead of the clock. */
    heldBack: number;
  }

  interface SyncResult {
    /** The store whose sync() was called. */
    a: SyncSide;
    /** The other store. */
    b: SyncSide;
    firstMeeting: boolean;
    /** Items compared. */
    items: number;
    /** Keys of records that differed between the two; the greater record won. */
    twins: string[];
  }

  interface MemberStatus {
    replica: string;
    /** All of its operations up to this timestamp are here. */
    known: string;
    isSelf: boolean;
    forgotten: boolean;
    /** Whether the two have been synchronized with each other. */
    met: boolean;
  }

  interface WriterStatus {
    slot: number;
    open: boolean;
    promise: string;
    reserved: string;
  }

  interface StoreStatus {
    /** Empty if nothing was written yet. */
    replica: string;
    replicated: boolean;
    shared: boolean;
    /** All operations up to this timestamp are here. Empty: none. */
    watermark: string;
    /** The replicas of the members that hold the watermark back. */
    heldBy: string[];
    members: MemberStatus[];
    writers: WriterStatus[];
    /** Members that a restored store has not met yet. */
    unmet: string[];
    logEntries: number;
  }

  /** A call that adds an operation and returns its timestamp. */
  interface Operation<Arguments extends unknown[]> {
    (...args: Arguments): Promise<string>;
    (...args: [...Arguments, OperationOptions]): Promise<string>;
    (...args: [...Arguments, Callback<string>]): void;
    (...args: [...Arguments, OperationOptions, Callback<string>]): void;
  }

  /** Items, stored as the operations that made them. */
  class Dyno {
    constructor(db: string|object, options?: DynoOptions&StoreOptions);

    readonly putItem: Operation<[name: string, item: object]>;
    readonly delItem: Operation<[name: string]>;
    readonly putAttrs: Operation<[name: string, attributes: object]>;
    readonly delAttrs: Operation<[name: string, attributes: string[]]>;
    readonly incAttrs:
        Operation<[name: string, numbers: Record<string, number>]>;
    readonly appendAttrs:
        Operation<[name: string, strings: Record<string, string>]>;
    readonly addToSet: Operation<[
      name: string, sets: Record<string, Array<string|number|boolean>>
    ]>;
    readonly delFromSet: Operation<[
      name: string, sets: Record<string, Array<string|number|boolean>>
    ]>;
    readonly settle: Operation<[name: string, late: string[]]>;
    readonly reapply: Operation<[name: string, late: string]>;

    getItem<T = any>(name: string, options?: {asOf?: string}): Promise<Item<T>>;
    getItem<T = any>(name: string, callback: ItemCallback<T>): void;
    getItem<T = any>(
        name: string, options: {asOf?: string},
        callback: ItemCallback<T>): void;

    history<T = any>(name: string): Promise<Array<HistoryEntry<T>>>;
    history<T = any>(
        name: string, callback: Callback<Array<HistoryEntry<T>>>): void;

    query<T = any>(options?: QueryOptions): Promise<Array<Item<T>>>;
    query<T = any>(callback: Callback<Array<Item<T>>>): void;
    query<T = any>(
        options: QueryOptions, callback: Callback<Array<Item<T>>>): void;
    names(options?: QueryOptions): Promise<string[]>;
    names(callback: Callback<string[]>): void;
    names(options: QueryOptions, callback: Callback<string[]>): void;
    count(options?: QueryOptions): Promise<number>;
    count(callback: Callback<number>): void;
    count(options: QueryOptions, callback: Callback<number>): void;

    flatten(name: string, up_to?: UpTo): Promise<FlattenResult>;
    flatten(name: string, callback: Callback<FlattenResult>): void;
    flatten(name: string, up_to: UpTo, callback: Callback<FlattenResult>): void;
    flattenAll(timestamp?: string): Promise<FlattenResult>;
    flattenAll(callback: Callback<FlattenResult>): void;
    flattenAll(timestamp: string, callback: Callback<FlattenResult>): void;

    /**
     * Gives this store and `other` the operations that each lacks. Calling it
     * on `other` does the same, but exchanges `a` and `b` of the result. It
     * comes after earlier writes of both stores and before later calls of
     * either. Both must belong to this thread.
     */
    sync(other: Dyno, options?: SyncOptions): Promise<SyncResult>;
    sync(other: Dyno, callback: Callback<SyncResult>): void;
    sync(other: Dyno, options: SyncOptions, callback: Callback<SyncResult>):
        void;
    status(): Promise<StoreStatus>;
    status(callback: Callback<StoreStatus>): void;
    /** Makes the store replicated, for good. */
    replicate(): Promise<void>;
    replicate(callback: Callback): void;
    /** Gives a copy its own replica id. Call it before writing to the copy. */
    newReplica(): Promise<void>;
    newReplica(callback: Callback): void;
    /** Marks the store as restored from a backup. */
    markRestored(): Promise<void>;
    markRestored(callback: Callback): void;
    /** Stops waiting for operations of that replica. */
    forget(replica: string): Promise<void>;
    forget(replica: string, callback: Callback): void;
    /** Closes the slot of a shared store's writer that was killed. */
    closeWriter(slot: number): Promise<void>;
    closeWriter(slot: number, callback: Callback): void;

    newTimestamp(): Promise<string>;
    newTimestamp(callback: Callback<string>): void;
    replica(): Promise<string>;
    replica(callback: Callback<string>): void;
    close(): Promise<void>;
    close(callback: Callback): void;
  }

  type UpTo = string|{timestamp: string}|{hash: string};
  type ItemCallback<T> =
      (error: Error|null, item?: T, timestamp?: string, changes?: number) =>
          void;

  /** Opens dyno on a location, a local path or a database. */
  function dyno(db: string|object, options?: DynoOptions&StoreOptions): Dyno;
}

export = Module;
