// The fenced blocks of a Markdown text.

const kFence = /^(```+)\s*(\S*)\s*$/;

/// [{language, line, text, output}]: `line` is that of the block's first line
/// of text, counted from 1. `output` is the text of a ```text block that comes
/// right after, with no more than empty lines between, or null.
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

/// What is to be done with a block: 'run' a shell script, 'build' a C++ program
/// (and run it if its output is told), or null. README's C++ is built always,
/// all else if its first line is a comment "tested".
export function PlanOf(block, is_readme) {
  const is_tested = /^(#|\/\/) tested\b/.test(block.text);
  if (block.language === 'sh') return is_tested ? 'run' : null;
  if (block.language === 'cpp') return is_readme || is_tested ? 'build' : null;
  return null;
}
