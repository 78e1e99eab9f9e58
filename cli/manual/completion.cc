// The completion file has a table, made from the manual, and functions that are
// the same for every table. The table has each command's arguments and options.
//
// Bash breaks words at colons and equals signs too (COMP_WORDBREAKS), so
// leveldb:/tmp/x comes in three parts. The functions join the parts into words
// and complete the last word. They return only the part that bash replaces: the
// text after the word's last break.

#include "manual/completion.h"

#include <algorithm>
#include <string_view>
#include <vector>

namespace cli {
namespace {

constexpr std::string_view kBegin =
    R"bash(# Completion of dynamodown for bash 4 and newer.
#
# The package bash-completion finds this file by itself. Without that package,
# read this file in ~/.bashrc with "source".

# Describes the command $1, or the program if $1 is ''. Sets:
#   options    all options
#   takes      the options with a value: --name=METAVARIABLE or
#              --name=VALUE|VALUE
#   arguments  the arguments
#   repeated   not empty if the last argument may be repeated
#   nested     not empty if the first argument is a command with its own
#              description ("item put")
_dynamodown_describe() {
  options=() takes=() arguments=() repeated='' nested=''
  case $1 in
)bash";

constexpr std::string_view kEnd = R"bash(    *) return 1 ;;
  esac
}

# Splits the line up to the cursor into words, at blanks only.
_dynamodown_split() {
  local line=${COMP_LINE:0:COMP_POINT} bare word i
  words=()
  for ((i = 0; i <= COMP_CWORD; ++i)); do
    bare=${line#"${line%%[![:blank:]]*}"}
    if ((i == 0)) || [[ $bare != "$line" ]]; then words+=(''); fi
    word=${COMP_WORDS[i]}
    # The cursor may be in the middle of the last word.
    if ((i == COMP_CWORD)) || [[ $bare != "$word"* ]]; then word=$bare; fi
    words[${#words[@]} - 1]+=$word
    line=${bare#"$word"}
  done
}

# Removes the quoting from the current word. Sets `kept` to the part of the word
# that bash keeps: the text up to the last character that breaks words.
_dynamodown_unquote() {
  local breaks=${COMP_WORDBREAKS//[!:=]/} masked after
  kept=
  case $current in
    # In quotes, no character breaks words.
    [\'\"]*) current=${current:1} ;;
    *)
      masked=${current//\\?/__}
      if [[ -n $breaks && $masked == *["$breaks"]* ]]; then
        after=${masked##*["$breaks"]}
        kept=${current:0:${#current} - ${#after}}
      fi
      kept=${kept//\\/} current=${current//\\/}
      ;;
  esac
}

# offer BEFORE WORD...: puts BEFORE in front of each WORD, and offers each
# result that begins with the current word.
_dynamodown_offer() {
  local before=$1 word
  shift
  for word; do
    if [[ $before$word == "$current"* ]]; then COMPREPLY+=("$before$word"); fi
  done
}

# offer_files BEFORE -f|-d: offers the files, or only the folders, whose names
# begin with the part of the current word after BEFORE.
_dynamodown_offer_files() {
  local before=$1 begin=${current#"$1"} names name path
  # The shell does not expand a tilde after BEFORE.
  if [[ -n $before && $begin == \~* ]]; then return; fi
  # A pipe from <(...) would need /dev/fd.
  mapfile -t names <<<"$(compgen "$2" -- "$begin")"
  for name in "${names[@]}"; do
    path=$name
    if [[ $path == \~/* ]]; then path=$HOME/${path:2}; fi
    if [[ -d $path && $name != */ ]]; then name+=/; fi
    if [[ -n $name ]]; then COMPREPLY+=("$before$name"); fi
  done
  # compopt fails if a script calls this function while bash does not complete.
  compopt -o filenames 2>/dev/null
}

# offer_value BEFORE METAVARIABLE
_dynamodown_offer_value() {
  local values
  case $2 in
    FILE) _dynamodown_offer_files "$1" -f ;;
    LOCATION | OTHER)
      if [[ $current == "$1"leveldb:* ]]; then
        _dynamodown_offer_files "$1"leveldb: -d
      else
        _dynamodown_offer "$1" leveldb: dynamodb://
      fi
      ;;
    *'|'*)
      IFS='|' read -ra values <<<"$2"
      _dynamodown_offer "$1" "${values[@]}"
      ;;
  esac
}

# If option $1 takes a value, sets `metavariable` to the value's name.
_dynamodown_takes_value() {
  local entry
  for entry in "${takes[@]}"; do
    if [[ ${entry%%=*} == "$1" ]]; then
      metavariable=${entry#*=}
      return 0
    fi
  done
  return 1
}

# Looks at the words between the command and the current word. Sets `count` to
# the number of arguments there, `ended` if there is a "--", and `metavariable`
# if the current word is an option's value.
_dynamodown_look_back() {
  local word
  count=0 ended='' metavariable=''
  for word; do
    if [[ -n $metavariable ]]; then
      metavariable=
    elif [[ -n $ended || $word != -?* ]]; then
      ((++count))
    elif [[ $word == -- ]]; then
      ended=yes
    else
      _dynamodown_takes_value "$word"
    fi
  done
}

_dynamodown() {
  local words current kept command first=1 i
  local options takes arguments repeated nested count ended metavariable
  COMPREPLY=()
  _dynamodown_split
  current=${words[${#words[@]} - 1]}
  _dynamodown_unquote

  command=
  if ((${#words[@]} > 2)); then command=${words[1]} first=2; fi
  _dynamodown_describe "$command" || return 0
  if [[ -n $nested ]] && ((${#words[@]} > 3)); then
    first=3
    _dynamodown_describe "$command ${words[2]}" || return 0
  fi
  _dynamodown_look_back "${words[@]:first:${#words[@]} - first - 1}"
  if [[ -n $repeated ]] && ((count >= ${#arguments[@]})); then
    count=$((${#arguments[@]} - 1))
  fi

  if [[ -n $metavariable ]]; then
    _dynamodown_offer_value '' "$metavariable"
  elif [[ -z $ended && $current == --*=* ]]; then
    if _dynamodown_takes_value "${current%%=*}"; then
      _dynamodown_offer_value "${current%%=*}=" "$metavariable"
    fi
  elif [[ -z $ended && $current == -* ]]; then
    _dynamodown_offer '' "${options[@]}"
  elif ((count < ${#arguments[@]})); then
    _dynamodown_offer_value '' "${arguments[count]}"
  fi

  # More text follows a colon or slash, so bash must not add a blank. (compopt
  # may fail, as in _dynamodown_offer_files.)
  if [[ ${#COMPREPLY[@]} == 1 && ${COMPREPLY[0]} == *[:/] ]]; then
    compopt -o nospace 2>/dev/null
  fi
  for i in "${!COMPREPLY[@]}"; do
    COMPREPLY[i]=${COMPREPLY[i]#"$kept"}
  done
  return 0
}

complete -F _dynamodown dynamodown
)bash";

using Words = std::vector<std::string>;

/// Quotes a word for the shell.
std::string Quote(const std::string& word) {
  constexpr char kPlain[] =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_=-";
  if (!word.empty() && word.find_first_not_of(kPlain) == std::string::npos) {
    return word;
  }
  std::string quoted = "'";
  for (const char c : word) quoted += c == '\'' ? "'\\''" : std::string(1, c);
  return quoted + "'";
}

/// `name=(...)`, on as many lines as the words need.
std::string Array(const std::string& name, const Words& words) {
  constexpr size_t kLineMax = 78;
  std::string text;
  std::string line = "      " + name + "=(";
  for (const std::string& word : words) {
    const std::string quoted = Quote(word);
    if (line.size() + 1 + quoted.size() > kLineMax) {
      text += line + '\n';
      line = "        " + quoted;
    } else {
      line += (line.ends_with('(') ? "" : " ") + quoted;
    }
  }
  return text + line + ")\n";
}

/// The table's entry for a command. `name` is the command's name, or empty for
/// the program.
std::string Case(const std::string& name, const ManualPage& page,
                 const Words& arguments) {
  Words options;
  Words takes;
  for (const ManualGroup& group : page.groups) {
    for (const ManualOption& option : group.options) {
      for (const std::string& option_name : option.names) {
        options.push_back(option_name);
        if (option.metavariable.empty()) continue;
        takes.push_back(option_name + '=' + option.metavariable);
      }
    }
  }
  std::string text = "    " + Quote(name) + ")\n";
  if (!options.empty()) text += Array("options", options);
  if (!takes.empty()) text += Array("takes", takes);
  if (!arguments.empty()) text += Array("arguments", arguments);
  if (!page.arguments.empty() && page.arguments.back().repeated) {
    text += "      repeated=yes\n";
  }
  if (!page.commands.empty()) text += "      nested=yes\n";
  return text + "      ;;\n";
}

std::string CommandCase(const ManualPage& page) {
  Words arguments;
  for (const ManualArgument& argument : page.arguments) {
    arguments.push_back(argument.name);
  }
  return Case(page.name, page, arguments);
}

/// The commands' names as the choices of a metavariable: "put|set|".
std::string Choice(const std::vector<ManualPage>& commands) {
  std::string choice;
  for (const ManualPage& page : commands) {
    choice += page.name.substr(page.name.rfind(' ') + 1) + '|';
  }
  return choice;
}

/// The table's entries for a command that has commands of its own.
std::string NestedCases(const ManualPage& page) {
  const std::string choice = Choice(page.commands);
  std::string text = Case(page.name, page, {choice + kHelpCommand});
  ManualPage help;
  for (const std::string& name :
       {page.name + " " + kHelpCommand,
        kHelpCommand + std::string(" ") + page.name}) {
    text += Case(name, help, {choice});
  }
  for (const ManualPage& command : page.commands) {
    text += CommandCase(command);
  }
  return text;
}

}  // namespace

std::string MakeBashCompletion(const Manual& manual) {
  const std::string commands = Choice(manual.commands) + kHelpCommand;
  std::string text(kBegin);
  text += Case("", manual.program, {commands});
  ManualPage help;
  for (const ManualPage& page : manual.commands) {
    if (!page.commands.empty()) help.commands.push_back(page);
  }
  text += Case(kHelpCommand, help, {commands});
  for (const ManualPage& page : manual.commands) {
    text += page.commands.empty() ? CommandCase(page) : NestedCases(page);
  }
  return text.append(kEnd);
}

}  // namespace cli
