// A line is split into words (parse/shell_words.h), which the parser of the
// program's arguments then parses. The lines have no LOCATION: the shell gives
// each command its own LOCATION and its own options.
//
// At a terminal the commands run in a process of their own, so that Ctrl-C ends
// only the command. The store stays open there (io/session.h, KeptStore).

#include <fmt/format.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "command_list.h"
#include "io/command_line.h"
#include "io/command_process.h"
#include "io/file.h"
#include "io/interrupt.h"
#include "io/line_editor.h"
#include "io/message.h"
#include "io/output.h"
#include "io/run_command.h"
#include "io/session.h"
#include "io/summary.h"
#include "io/terminal.h"
#include "parse/argument_parser.h"
#include "parse/encoding.h"
#include "parse/line_reader.h"
#include "parse/location.h"
#include "parse/shell_words.h"
#include "parse/store_command_builder.h"

namespace cli {
namespace {

using Outcome = LineReader::Outcome;

constexpr char kName[] = "shell";
constexpr char kLocation[] = "LOCATION";
constexpr char kDescription[] = "Run commands on one store, line by line.";
constexpr char kFooter[] =
    R"(Each line is a command without 'dynamodown' and without LOCATION, such as
"get name". Commands that take a second location, such as 'diff', still take it.
'help' lists the commands, 'help COMMAND' explains one, and 'exit', 'quit' or
Ctrl-D ends the shell.

Words are quoted as in a POSIX shell. Text in '...' is taken literally. In
"...", \" means " and \\ means \. Elsewhere a backslash makes the next character
literal. # begins a comment. A quoted text may continue in the next line. There
are no variables, patterns, pipes or redirections.

The store is opened once. If a line has --eventual, --max-rcu, --max-wcu, or an
option of the table or of the connection, its command opens the store anew.
'diff', 'dump' and commands on whole stores always open the store anew. An
embedded store stays locked until the shell ends.

On a terminal, Tab completes commands and options, and the arrow keys move in
the line and in the history. The history is kept in ~/.dynamodown_history, or in
the file that DYNAMODOWN_HISTORY names. If DYNAMODOWN_HISTORY is empty, no
history is kept. Shells that share a file keep each other's lines. A file that
is no history is neither read nor written, and symbolic links are not followed.
A line that begins with a blank is not added to the history.
Ctrl-C ends the running command but not the shell.

If standard input is no terminal, its lines are a script. The shell stops at the
first line whose exit status is not 0, names this line, and exits with this
status. With --keep-going the shell runs all lines, and exits with the status of
the first line that failed. In a script no command can read standard input: give
the value, or the name of a file, as an argument.

Examples:
  dynamodown shell mytable/myhash
  dynamodown shell mytable/myhash --eventual --verbose
  printf '%s\n' 'put a 1' 'get a' | dynamodown shell mytable/myhash
)";

struct ShellOptions {
  CommonOptions common;
  bool keep_going = false;
  /// The shell's own options: names and values.
  std::vector<std::pair<std::string, std::string>> given;
};

bool HasLocation(const CommandSpec& command) {
  for (const ArgumentSpec& argument : command.arguments) {
    if (argument.name == kLocation) return true;
  }
  return false;
}

/// Gives a command the shell's location and options, and the store `kept` that
/// stays open. `*is_own` becomes true if the line sets an option with which the
/// store is opened.
void Adapt(const ShellOptions& shell, KeptStore* kept, CommandSpec* command,
           bool* is_own) {
  for (CommandSpec& each : command->commands) Adapt(shell, kept, &each, is_own);
  if (command->common != nullptr) {
    command->common->kept = kept;
    // The kept store was opened with these statistics.
    command->common->store.stats_sum = shell.common.store.stats_sum;
  }
  for (auto it = command->arguments.begin(); it != command->arguments.end();) {
    if (it->name == kLocation) {
      it->set(command->name == "list" ? TableOf(shell.common.location)
                                      : shell.common.location);
      it = command->arguments.erase(it);
      continue;
    }
    for (const auto& [name, value] : shell.given) {
      if (name == it->name) it->set(value);
    }
    if (it->is_of_store) {
      it->set = [set = std::move(it->set), is_own](const std::string& value) {
        *is_own = true;
        set(value);
      };
    }
    ++it;
  }
}

/// The commands that work on a location, without `shell` itself.
CommandSpec Commands(const ShellOptions& shell, KeptStore* kept, bool* is_own) {
  CommandSpec program;
  program.description = kDescription;
  for (const CommandFactory make : kCommands) {
    CommandSpec command = make();
    const bool works = HasLocation(command) || !command.commands.empty();
    if (works && command.name != kName) {
      program.commands.push_back(std::move(command));
    }
  }
  Adapt(shell, kept, &program, is_own);
  return program;
}

int PrintHelp(const CommandSpec& program) {
  Output output;
  output.Write("A line is a command and its arguments:\n\n");
  for (const CommandSpec& command : program.commands) {
    output.Write(fmt::format("  {:10}{}\n", command.name, command.description));
  }
  output.Write(
      "  exit      End the shell, as Ctrl-D does.\n\n"
      "'help COMMAND' explains a command.\n");
  return Finish(&output);
}

/// Runs a line's command. `kept` is the store that stays open.
int RunLine(const ShellOptions& shell, const Words& words, KeptStore* kept) {
  bool is_own = false;
  const CommandSpec program = Commands(shell, kept, &is_own);
  if (words == Words{"help"} || words == Words{"--help"}) {
    return PrintHelp(program);
  }
  std::vector<std::string> arguments = {program.name};
  arguments.insert(arguments.end(), words.begin(), words.end());
  std::vector<char*> pointers;
  for (std::string& argument : arguments) pointers.push_back(argument.data());
  const ParsedArguments parsed = ParseArguments(
      program, static_cast<int>(pointers.size()), pointers.data());
  if (const auto* mistake = std::get_if<UsageMistake>(&parsed)) {
    Note(fmt::format("{} 'help{}{}'", WithTry(mistake->message),
                     mistake->command.empty() ? "" : " ", mistake->command));
    return kExitUsage;
  }
  if (const auto* requested = std::get_if<RequestedText>(&parsed)) {
    Output output;
    output.Write(requested->text);
    return Finish(&output);
  }
  kept->Use(!is_own);
  // A message that says how to continue names a line of this shell.
  SetCommandLine(static_cast<int>(pointers.size()) - 1, pointers.data() + 1);
  const int status = RunCommand(*std::get<const CommandSpec*>(parsed));
  EndIfInterrupted();
  return status;
}

/// Runs commands in this process, and keeps the store open between them.
class Runner {
 public:
  explicit Runner(const ShellOptions& shell) : shell_(shell) {}

  /// Opens the store, so that a wrong location is reported at once.
  int Open() {
    CommonOptions common = shell_.common;
    common.kept = &kept_;
    const leveldb::Status status = Session(common).Open();
    PrintTotals(common);
    is_opened_ = status.ok();
    return status.ok() ? kExitOk : Fail(status, shell_.common.location);
  }
  /// Runs a command. {"shell"} opens the store, and {} closes it.
  int Run(const Words& words) {
    if (words.empty()) return Close();
    if (!is_opened_ && words == Words{kName}) return Open();
    return RunLine(shell_, words, &kept_);
  }

 private:
  int Close() {
    kept_.Use(false);
    return kExitOk;
  }

  const ShellOptions& shell_;
  KeptStore kept_{shell_.common};
  bool is_opened_ = false;
};

bool IsExit(const Words& words) {
  return words == Words{"exit"} || words == Words{"quit"};
}

// ------------------------------------------------------------- at a terminal

std::string HistoryPath() {
  if (const char* path = std::getenv("DYNAMODOWN_HISTORY")) return path;
  const char* home = std::getenv("HOME");
  return home == nullptr ? "" : std::string(home) + "/.dynamodown_history";
}

/// Reads a line, and further lines while a quote is open.
LineEditor::Outcome ReadLine(const std::string& prompt, LineEditor* editor,
                             std::string* text, ShellLine* line) {
  LineEditor::Outcome outcome = editor->Read(prompt, text);
  while (outcome == LineEditor::Outcome::kLine &&
         (*line = SplitLine(*text)).goes_on) {
    std::string more;
    outcome = editor->Read("> ", &more);
    *text += '\n' + more;
  }
  return outcome;
}

int RunAtTerminal(const ShellOptions& shell) {
  Runner runner(shell);
  CommandProcess process(
      [&runner](const Words& words) { return runner.Run(words); });
  const int opened = process.Run({kName});
  if (opened != kExitOk) {
    return opened < 0 ? Fail(Cannot("start", "a process")) : opened;
  }
  bool ignored = false;
  const CommandSpec program = Commands(shell, nullptr, &ignored);
  LineEditor editor(HistoryPath(), [&program](std::string_view before) {
    return Completions(program, before);
  });
  const std::string prompt =
      EncodeForLine(Encoding::kText, shell.common.location) + "> ";
  for (;;) {
    std::string text;
    ShellLine line;
    const auto outcome = ReadLine(prompt, &editor, &text, &line);
    if (outcome == LineEditor::Outcome::kEnd) return kExitOk;
    if (outcome == LineEditor::Outcome::kInterrupted) continue;
    editor.Remember(text);
    if (line.complaint) Note(*line.complaint);
    if (line.complaint || line.words.empty()) continue;
    if (IsExit(line.words)) return kExitOk;
    const int status = process.Run(line.words);
    if (status < 0) return Fail(Cannot("start", "a process"));
    if (status > 128) {
      std::fputs("\n", stderr);  // behind the ^C that the terminal shows
      Note(status == 128 + SIGINT
               ? "interrupted"
               : fmt::format("signal {} ended the command", status - 128));
    }
  }
}

// ------------------------------------------------------------------- a script

/// Reads the lines of a script. Joins lines while a quote is open.
class Script {
 public:
  explicit Script(int fd) : reader_(BytesOf(fd)) {}

  /// Returns false at the end, and after a failure.
  bool Next(ShellLine* line) {
    std::string text;
    for (;;) {
      const Outcome outcome = reader_.Next();
      if (outcome == Outcome::kFailed) {
        complaint_ = Cannot("read", "standard input");
      } else if (outcome == Outcome::kTooLong) {
        complaint_ = "the line is too long";
      } else if (outcome == Outcome::kEnd && line->goes_on) {
        complaint_ = "a quote is not closed";
      }
      if (outcome != Outcome::kLine) return false;
      text += reader_.line();
      *line = SplitLine(text);
      if (!line->goes_on) return true;
      text += '\n';
    }
  }
  uint64_t number() const { return reader_.number(); }
  const Complaint& complaint() const { return complaint_; }

 private:
  LineReader reader_;
  Complaint complaint_;
};

int RunScript(const ShellOptions& shell) {
  const int input = TakeStandardInput();
  if (input < 0) return Fail(Cannot("read", "standard input"));
  Runner runner(shell);
  const int opened = runner.Open();
  if (opened != kExitOk) return opened;
  int first_failure = kExitOk;
  Script script(input);
  for (ShellLine line; script.Next(&line); line = ShellLine()) {
    if (IsExit(line.words)) return first_failure;
    if (line.words.empty() && !line.complaint) continue;
    if (line.complaint) Note(*line.complaint);
    const int status = line.complaint ? kExitUsage : runner.Run(line.words);
    if (status == kExitOk) continue;
    if (!shell.keep_going) {
      Note(
          fmt::format("stopped at line {} of standard input", script.number()));
      return status;
    }
    if (first_failure == kExitOk) first_failure = status;
  }
  if (script.complaint()) {
    return Fail(fmt::format("line {} of standard input: {}", script.number(),
                            *script.complaint()));
  }
  return first_failure;
}

}  // namespace

CommandSpec ShellCommand() {
  const auto shell = std::make_shared<ShellOptions>();
  StoreCommandBuilder command(kName, kDescription, kFooter, &shell->common);
  command.AddFlag("--keep-going", "Run all lines of a script",
                  &shell->keep_going);
  command.AddEventual();
  command.AddReadRate();
  command.AddWriteRate();
  command.AddTable();
  command.AddConnection();
  CommandSpec spec = command.Build([shell] {
    return InputIsTerminal() ? RunAtTerminal(*shell) : RunScript(*shell);
  });
  for (ArgumentSpec& option : spec.arguments) {
    if (!option.is_of_store) continue;
    option.set = [set = std::move(option.set), name = option.name,
                  target = shell.get()](const std::string& value) {
      set(value);
      target->given.emplace_back(name, value);
    };
  }
  return spec;
}

}  // namespace cli
