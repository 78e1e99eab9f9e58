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
 * A store for levelup and what stands on it. Called without `new`, which
 * JavaScript may add.
 *
 * @param location "table/hash", "table", "dynamodb://..." or "leveldb:PATH".
 */
declare function Module(location: string): Module.Down;
/**
 * A constructor of stores that are reached as a client of AWS's SDK for
 * JavaScript, version 2 or 3, reaches its service.
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
    /** When they expire; never, if it is missing. */
    expiration?: Date|undefined;
  }

  /** Where a store is, and how it is reached. */
  interface ConnectionOptions {
    /** Its region, endpoint and credentials, where they are not given. */
    client?: Client|undefined;
    region?: string|(() => Promise<string>)|undefined;
    /** "http://127.0.0.1:8000". Default: the region's own. */
    endpoint?: string|URL|undefined;
    /**
     * Keys, or a function that is asked for them, and again before they
     * expire. Default: where every AWS tool looks.
     */
    credentials?: Keys|(() => Promise<Keys>)|undefined;
    /** A profile of the shared config and credentials files. */
    profile?: string|undefined;
    /** A PEM file of the authorities to trust instead of the system's. */
    caBundle?: string|undefined;
    useFipsEndpoint?: boolean|undefined;
    useDualstackEndpoint?: boolean|undefined;
    /** In milliseconds; default 1,000. */
    connectTimeout?: number|undefined;
    /** Of one request, in milliseconds; default 5,000. */
    attemptTimeout?: number|undefined;
    /** Of a call that makes no progress, in milliseconds; default 60,000. */
    deadline?: number|undefined;
    /** Requests for one call, the first included; default 10. */
    maxAttempts?: number|undefined;
    /** Calls that are carried out at once; default 16, embedded 4. */
    concurrency?: number|undefined;
    /** Gets, and puts, that begin together are one request; default true. */
    grouping?: boolean|undefined;
    /** Requests of one call at once; default 12. */
    maxParallel?: number|undefined;
  }

  /** About the table. */
  interface TableOptions {
    hashKey?: string|undefined;
    hashKeyType?: 'string'|'binary'|undefined;
    rangeKey?: string|undefined;
    /** Of a table that is created; default "binary". */
    keyType?: 'string'|'binary'|undefined;
    valueAttribute?: string|undefined;
    /** Of a table that is created; default: on demand. */
    readCapacityUnits?: number|undefined;
    writeCapacityUnits?: number|undefined;
    ProvisionedThroughput?: {
      ReadCapacityUnits: number,
      WriteCapacityUnits: number,
    }|undefined;
    /** Until a new table is active, in milliseconds; default 180,000. */
    createTimeout?: number|undefined;
  }

  /** Of embedded stores, "leveldb:PATH"; classic-level's. */
  interface EmbeddedOptions {
    compression?: boolean|undefined;
    cacheSize?: number|undefined;
    writeBufferSize?: number|undefined;
    blockSize?: number|undefined;
    maxOpenFiles?: number|undefined;
    blockRestartInterval?: number|undefined;
    maxFileSize?: number|undefined;
  }

  interface ReadOptions {
    /** Default: the store's. */
    consistency?: 'strong'|'eventual'|undefined;
    /** Of embedded stores; default true. */
    fillCache?: boolean|undefined;
  }

  interface WriteOptions {
    /** Of embedded stores; default false. DynamoDB's writes are durable. */
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
      extends ConnectionOptions, TableOptions, EmbeddedOptions, BatchMode {
    createIfMissing?: boolean|undefined;
    errorIfExists?: boolean|undefined;
    /** Default "strong". */
    consistency?: 'strong'|'eventual'|undefined;
    /** An iterator ends at the first item that it cannot read. */
    paranoidChecks?: boolean|undefined;
    /** Capacity units a second that the store may consume. */
    maxReadUnits?: number|undefined;
    maxWriteUnits?: number|undefined;
  }

  interface DestroyOptions extends ConnectionOptions {
    /** Destroy also a store of another library, which has no descriptor. */
    force?: boolean|undefined;
    /** Then delete the table, if no other store is in it. */
    dropTable?: boolean|undefined;
  }

  /** Options that the old drivers of npm took. */
  interface OldOptions extends StoreOptions {
    dynamo?: (StoreOptions&Partial<Keys>)|undefined;
  }

  type Callback<T = void> = (error: Error|null|undefined, value: T) => void;

  /** A store of abstract-leveldown 7; see there for the rest of its calls. */
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
     * The bytes from `start` to before `end`; past a page of 1 MB of DynamoDB
     * an estimate.
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
    /** Of one trip to the addon; default 16 KiB. */
    highWaterMarkBytes?: number|undefined;
  }

  // ------------------------------------------------------------------- dyno

  interface DynoOptions {
    /** Of a store that is made: it will be synchronized with others. */
    replicated?: boolean|undefined;
    /** Of a store that is made: its replica, 12 hex digits. */
    replica?: string|undefined;
  }

  interface OperationOptions extends WriteOptions {
    /** Write with this timestamp, of newTimestamp() or of a failed write. */
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
    /** Undefined when it was deleted, or never there. */
    item: T|undefined;
    /** Of the last change; empty when there is none. */
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
    /** Compare every item; default false: what the logs say. */
    full?: boolean|undefined;
    /**
     * Told now and then; the sync waits for it. When it returns false, the sync
     * ends with an AbortError; what it throws ends it too. Nothing that was
     * exchanged is undone.
     */
    progress?: ((report: SyncProgress) => unknown)|undefined;
  }

  interface SyncProgress {
    /** Whole stores are compared. */
    firstMeeting: boolean;
    /** Compared so far. */
    items: number;
    /** Put so far, in both stores. */
    operations: number;
    /** The last item's. */
    name: string;
  }

  /** What a sync did to one of its stores. */
  interface SyncSide {
    /** That were changed. */
    items: number;
    /** Records put there. */
    operations: number;
    /** Records deleted, which flattened ones stand for. */
    deletes: number;
    ranges: number;
    writes: number;
    bytesRead: number;
    bytesWritten: number;
    /** Left in the other store: they are too far ahead of the clock. */
    heldBack: number;
  }

  interface SyncResult {
    /** The store whose sync() it was. */
    a: SyncSide;
    /** The other one. */
    b: SyncSide;
    firstMeeting: boolean;
    /** Compared. */
    items: number;
    /** Keys of records that both had, and not alike; the greater ones stay. */
    twins: string[];
  }

  interface MemberStatus {
    replica: string;
    /** All of that one's operations up to this timestamp are here. */
    known: string;
    isSelf: boolean;
    forgotten: boolean;
    /** The two have been synchronized with each other. */
    met: boolean;
  }

  interface WriterStatus {
    slot: number;
    open: boolean;
    promise: string;
    reserved: string;
  }

  interface StoreStatus {
    /** Empty: nothing was written yet. */
    replica: string;
    replicated: boolean;
    shared: boolean;
    /** All operations up to this timestamp are here; empty: none. */
    watermark: string;
    /** The replicas of the members that keep it from going on. */
    heldBy: string[];
    members: MemberStatus[];
    writers: WriterStatus[];
    /** Members that a restored store has yet to meet. */
    unmet: string[];
    logEntries: number;
  }

  /** A call that adds an operation: its timestamp, promised or told. */
  interface Operation<Arguments extends unknown[]> {
    (...args: Arguments): Promise<string>;
    (...args: [...Arguments, OperationOptions]): Promise<string>;
    (...args: [...Arguments, Callback<string>]): void;
    (...args: [...Arguments, OperationOptions, Callback<string>]): void;
  }

  /** Items that are kept as the operations that made them. */
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
     * Gives this store and `other` what each lacks. It is a call of one of
     * them, as all others are, and not a function of two, though it does not
     * matter whose: only `a` and `b` of the result change places. It comes
     * after earlier writes of both, and what is called later of either comes
     * after it. Both are of this thread.
     */
    sync(other: Dyno, options?: SyncOptions): Promise<SyncResult>;
    sync(other: Dyno, callback: Callback<SyncResult>): void;
    sync(other: Dyno, options: SyncOptions, callback: Callback<SyncResult>):
        void;
    status(): Promise<StoreStatus>;
    status(callback: Callback<StoreStatus>): void;
    /** Makes the store one that is synchronized, once and for all. */
    replicate(): Promise<void>;
    replicate(callback: Callback): void;
    /** Of a copy, before anything is written to it. */
    newReplica(): Promise<void>;
    newReplica(callback: Callback): void;
    /** Says that the store is a backup that was restored. */
    markRestored(): Promise<void>;
    markRestored(callback: Callback): void;
    /** Nothing is expected of that replica any more. */
    forget(replica: string): Promise<void>;
    forget(replica: string, callback: Callback): void;
    /** Closes the place of a writer of a shared store that was killed. */
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

  /** dyno on a location, on a path of this machine, or on a database. */
  function dyno(db: string|object, options?: DynoOptions&StoreOptions): Dyno;
}

export = Module;
