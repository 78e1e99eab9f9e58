// The build program that writes the manual's files. It is not installed.
//
//     write_manual FOLDER DATE
//
// It writes the man pages to FOLDER/man1, and the completion for bash to
// FOLDER/completions. DATE is the date of the version, YYYY-MM-DD.

#include <exception>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <string>

#include "manual/completion.h"
#include "manual/man_page.h"
#include "manual/manual.h"
#include "parse/argument_parser.h"
#include "program.h"

namespace {

void WriteFile(const std::filesystem::path& path, const std::string& text) {
  std::ofstream file;
  file.exceptions(std::ios::failbit | std::ios::badbit);
  file.open(path, std::ios::binary);
  file << text;
  file.close();
}

/// Makes an empty folder, so that no page of a removed command stays.
std::filesystem::path MakeFolder(const std::filesystem::path& path) {
  std::filesystem::remove_all(path);
  std::filesystem::create_directories(path);
  return path;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) {
    std::cerr << "usage: write_manual FOLDER DATE\n";
    return 2;
  }
  try {
    const std::filesystem::path folder = argv[1];
    const cli::Manual manual = cli::Describe(cli::Program());
    const std::filesystem::path pages = MakeFolder(folder / "man1");
    for (const cli::ManPage& page :
         cli::MakeManPages(manual, {DYNAMODOWN_VERSION, argv[2]})) {
      WriteFile(pages / page.file_name, page.text);
    }
    WriteFile(MakeFolder(folder / "completions") / manual.program.name,
              cli::MakeBashCompletion(manual));
    return 0;
  } catch (const std::exception& e) {
    std::cerr << "write_manual: " << e.what() << '\n';
    return 1;
  }
}
