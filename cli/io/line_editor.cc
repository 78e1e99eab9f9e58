// The only file that uses libedit.

#include "io/line_editor.h"

#include <fcntl.h>
#include <histedit.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <clocale>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cwchar>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "io/file.h"

namespace cli {
namespace {

constexpr int kHistoryLinesMax = 1000;
constexpr int kLockTriesMax = 100;
constexpr std::chrono::milliseconds kLockEvery{20};
// libedit's first line.
constexpr std::string_view kHistoryBegin = "_HiStOrY_V2_\n";
volatile std::sig_atomic_t interrupted = 0;

void OnInterrupt(int) { interrupted = 1; }

std::string CommonBeginning(const std::vector<std::string>& words) {
  std::string common = words.front();
  for (const std::string& word : words) {
    const auto [end, ignored] =
        std::mismatch(common.begin(), common.end(), word.begin(), word.end());
    common.erase(end, common.end());
  }
  return common;
}

/// Reads a character of the locale. After a signal, libedit's own function
/// would continue to read.
int ReadCharacter(EditLine*, wchar_t* character) {
  std::mbstate_t state{};
  for (;;) {
    char byte = 0;
    const ssize_t n = read(STDIN_FILENO, &byte, 1);
    if (n < 0 && errno == EINTR && interrupted == 0) continue;
    if (n <= 0) return static_cast<int>(n);
    const size_t length = std::mbrtowc(character, &byte, 1, &state);
    if (length == static_cast<size_t>(-2)) continue;  // The next byte, too.
    if (length == static_cast<size_t>(-1)) *character = L'?';
    return 1;
  }
}

// ------------------------------------------------------------- the history

/// Whether an open file may be written as a history: a regular file that has
/// one name, and that is empty or begins as libedit's histories do. Any other
/// file may be somebody's data.
bool IsHistory(const File& file) {
  struct stat facts;
  if (fstat(file.fd(), &facts) != 0 || !S_ISREG(facts.st_mode) ||
      facts.st_nlink != 1) {
    return false;
  }
  char begin[kHistoryBegin.size()];
  const ssize_t n = pread(file.fd(), begin, sizeof begin, 0);
  return n == 0 || (n > 0 && std::string_view(begin, static_cast<size_t>(n)) ==
                                 kHistoryBegin);
}

/// Opens the file of a history. Does not follow a symbolic link, and does not
/// wait for the other end of a FIFO.
bool OpenHistory(const std::string& path, int flags, File* file) {
  return file->Open(path, flags | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY, 0600) &&
         IsHistory(*file);
}

/// Reads the open file into `lines`. The file may have no name any more.
void LoadHistory(const File& file, History* lines) {
  HistEvent event;
  if (file.Size() == 0) return;
  const std::string path = "/proc/self/fd/" + std::to_string(file.fd());
  history(lines, &event, H_LOAD, path.c_str());
}

/// Opens and locks the history. A shell that ends at the same time has the lock
/// only for a moment, so this waits for it.
bool LockHistory(const std::string& path, File* file) {
  for (int i = 0; i < kLockTriesMax; ++i) {
    if (!OpenHistory(path, O_RDWR | O_CREAT, file)) return false;
    // Another shell may have replaced the file before we locked it.
    if (file->Lock() && file->IsStillNamed()) return true;
    std::this_thread::sleep_for(kLockEvery);
  }
  return false;
}

/// Writes all `lines`. libedit makes the file readable only by its owner.
bool WriteHistory(History* lines, const File& file) {
  const int fd = fcntl(file.fd(), F_DUPFD_CLOEXEC, 0);
  FILE* const stream = fd < 0 ? nullptr : fdopen(fd, "w");
  if (stream == nullptr) return false;
  HistEvent event;
  const bool is_saved = history(lines, &event, H_SAVE_FP, stream) != -1;
  return std::fclose(stream) == 0 && is_saved;
}

/// Adds lines to the end of the history in a file.
void AddToHistory(const std::string& path,
                  const std::vector<std::string>& lines) {
  File file;
  if (lines.empty() || !LockHistory(path, &file)) return;
  History* const whole = history_init();
  HistEvent event;
  history(whole, &event, H_SETSIZE, kHistoryLinesMax);
  LoadHistory(file, whole);
  for (const std::string& line : lines) {
    history(whole, &event, H_ENTER, line.c_str());
  }
  Draft draft;
  if (!draft.Open(path) && WriteHistory(whole, draft.file())) {
    draft.Commit();
  }
  history_end(whole);
}

}  // namespace

class LineEditor::Parts {
 public:
  Parts(std::string history_path, Completer completer);
  ~Parts();
  Parts(const Parts&) = delete;
  Parts& operator=(const Parts&) = delete;

  Outcome Read(const std::string& prompt, std::string* line);
  void Remember(const std::string& line);

 private:
  static Parts* Of(EditLine* editor) {
    void* data = nullptr;
    el_get(editor, EL_CLIENTDATA, &data);
    return static_cast<Parts*>(data);
  }
  static char* Prompt(EditLine* editor) { return Of(editor)->prompt_.data(); }
  static unsigned char Complete(EditLine* editor, int) {
    return Of(editor)->CompleteWord();
  }
  unsigned char CompleteWord();

  const std::string history_path_;
  const Completer completer_;
  // The terminal that shows the line, even if standard output is a file.
  FILE* const screen_ = isatty(STDOUT_FILENO) != 0 ? stdout : stderr;
  std::string prompt_;
  std::vector<std::string> entered_;  // the lines of this shell
  EditLine* editor_;
  History* history_;
};

LineEditor::Parts::Parts(std::string history_path, Completer completer)
    : history_path_(std::move(history_path)), completer_(std::move(completer)) {
  std::setlocale(LC_CTYPE, "");
  // In the locale C, libedit could read only ASCII.
  if (MB_CUR_MAX == 1) std::setlocale(LC_CTYPE, "C.UTF-8");
  struct sigaction action = {};
  action.sa_handler = OnInterrupt;  // without SA_RESTART
  sigaction(SIGINT, &action, nullptr);
  editor_ = el_init("dynamodown", stdin, screen_, stderr);
  history_ = history_init();
  HistEvent event;
  history(history_, &event, H_SETSIZE, kHistoryLinesMax);
  File file;
  if (!history_path_.empty() && OpenHistory(history_path_, O_RDONLY, &file)) {
    LoadHistory(file, history_);
  }
  el_set(editor_, EL_CLIENTDATA, this);
  el_set(editor_, EL_PROMPT, Prompt);
  el_set(editor_, EL_EDITOR, "emacs");
  el_set(editor_, EL_HIST, history, history_);
  el_set(editor_, EL_GETCFN, ReadCharacter);
  el_set(editor_, EL_ADDFN, "dynamodown-complete", "Complete the word",
         Complete);
  el_set(editor_, EL_BIND, "^I", "dynamodown-complete", nullptr);
  el_source(editor_, nullptr);  // ~/.editrc, if there is one
}

LineEditor::Parts::~Parts() {
  if (!history_path_.empty()) AddToHistory(history_path_, entered_);
  history_end(history_);
  el_end(editor_);
}

LineEditor::Outcome LineEditor::Parts::Read(const std::string& prompt,
                                            std::string* line) {
  prompt_ = prompt;
  interrupted = 0;
  el_resize(editor_);
  int length = 0;
  const char* read = el_gets(editor_, &length);
  if (interrupted != 0) {
    el_reset(editor_);
    std::fputs("^C\n", screen_);
    return Outcome::kInterrupted;
  }
  if (read == nullptr || length <= 0) {
    std::fputs("\n", screen_);
    return Outcome::kEnd;
  }
  line->assign(read, static_cast<size_t>(length));
  if (line->ends_with('\n')) line->pop_back();
  return Outcome::kLine;
}

void LineEditor::Parts::Remember(const std::string& line) {
  if (line.empty() || line.front() == ' ' ||
      (!entered_.empty() && line == entered_.back())) {
    return;
  }
  entered_.push_back(line);
  HistEvent event;
  history(history_, &event, H_ENTER, line.c_str());
}

unsigned char LineEditor::Parts::CompleteWord() {
  const LineInfo* info = el_line(editor_);
  const std::string_view before(
      info->buffer, static_cast<size_t>(info->cursor - info->buffer));
  const std::vector<std::string> found = completer_(before);
  if (found.empty()) return CC_REFRESH_BEEP;
  const size_t begin = before.find_last_of(" \t") + 1;  // npos + 1 is 0
  std::string rest = CommonBeginning(found);
  rest.erase(0, before.size() - begin);
  if (found.size() == 1) rest += ' ';
  if (!rest.empty()) {
    return el_insertstr(editor_, rest.c_str()) == 0 ? CC_REFRESH : CC_ERROR;
  }
  std::fputc('\n', screen_);
  for (const std::string& word : found) {
    std::fprintf(screen_, "%s  ", word.c_str());
  }
  std::fputc('\n', screen_);
  return CC_REDISPLAY;
}

LineEditor::LineEditor(std::string history_path, Completer completer)
    : parts_(std::make_unique<Parts>(std::move(history_path),
                                     std::move(completer))) {}
LineEditor::~LineEditor() = default;

LineEditor::Outcome LineEditor::Read(const std::string& prompt,
                                     std::string* line) {
  return parts_->Read(prompt, line);
}

void LineEditor::Remember(const std::string& line) { parts_->Remember(line); }

}  // namespace cli
