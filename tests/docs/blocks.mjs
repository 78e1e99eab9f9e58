// Reads Markdown: fenced blocks, headings and links.

const kFence = /^(```+)\s*(\S*)\s*$/;

/// [{language, line, text, output}]: `line` is the number of the block's first
/// line of text, counted from 1. `output` is the text of a ```text block that
/// follows with only empty lines between, or null.
export function Blocks(markdown) {
  const lines = markdown.split('\n');
  const blocks = [];
  for (let i = 0; i < lines.length; ++i) {
    const open = lines[i].match(kFence);
    if (open === null) continue;
    const first = i + 1;
    for (++i; i < lines.length && lines[i] !== open[1]; ++i) {}
    if (i === lines.length) {
      throw new Error(`the block of line ${first} does not end`);
    }
    const block = {
      language: open[2],
      line: first + 1,
      text: lines.slice(first, i).map((line) => `${line}\n`).join(''),
      output: null,
      end: i,
    };
    const last = blocks.at(-1);
    const is_output = block.language === 'text' && last !== undefined &&
        lines.slice(last.end + 1, first - 1).every((line) => line === '');
    if (is_output && last.output === null && last.language !== 'text') {
      last.output = block.text;
    } else {
      blocks.push(block);
    }
  }
  return blocks;
}

/// Says what to do with a block: 'run' a shell script, 'build' a C++ program
/// (and run it if an output follows), or null.
export function PlanOf(block) {
  if (block.language === 'sh') return 'run';
  if (block.language === 'cpp') return 'build';
  return null;
}

/// The text outside of fenced blocks and `code`.
function ProseOf(markdown) {
  return markdown.replace(/^```[\s\S]*?^```/gm, '').replace(/`[^`]*`/g, '');
}

/// The targets of the links to files of the tree, as they are written.
export function Links(markdown) {
  return [...ProseOf(markdown).matchAll(/\]\(([^)\s]+)[^)]*\)/g)]
      .map(([, target]) => target)
      .filter((target) => !/^[a-z]+:/.test(target));
}

/// The anchors that GitHub gives to the headings.
export function Anchors(markdown) {
  const headings =
      markdown.replace(/^```[\s\S]*?^```/gm, '').matchAll(/^#+ (.*)$/gm);
  return [...headings].map(
      ([, heading]) => heading.toLowerCase()
                           .replace(/[^\p{L}\p{N}\s_-]/gu, '')
                           .replace(/\s/g, '-'));
}

/// The rows of the table whose first heading is `heading`: for each cell, the
/// `code` in it.
export function TableCode(markdown, heading) {
  const lines = markdown.split('\n');
  const first = lines.findIndex((line) => line.startsWith(`| ${heading} |`));
  if (first < 0) throw new Error(`there is no table "${heading}"`);
  const rows = lines.slice(first + 2);
  const end = rows.findIndex((line) => !line.startsWith('|'));
  return rows.slice(0, end < 0 ? rows.length : end)
      .map((row) => row.split('|').slice(1, -1)
                        .map((cell) => [...cell.matchAll(/`([^`]+)`/g)]
                                           .map(([, code]) => code)));
}

/// The files and folders that `code` outside of fenced blocks names: those that
/// begin with one of `folders`, and the names of C++ files.
export function Paths(markdown, folders) {
  const prose = markdown.replace(/^```[\s\S]*?^```/gm, '');
  return [...prose.matchAll(/`([\w./-]+)`/g)]
      .map(([, name]) => name)
      .filter(
          (name) => folders.some((folder) => name.startsWith(`${folder}/`)) ||
              /^[a-z]\w*(\/\w+)*\.(cc|h)$/.test(name));
}
