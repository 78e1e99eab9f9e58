// Runs a fuzz target without a fuzzer: on the seeds of a folder, and on their
// mutations by a seeded generator. `./dev fuzz` runs the real fuzzer.
//
//     program FOLDER [INPUTS]

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);

namespace {

void Run(const std::string& input) {
  LLVMFuzzerTestOneInput(reinterpret_cast<const uint8_t*>(input.data()),
                         input.size());
}

void Mutate(std::mt19937_64* random, std::string* input) {
  static constexpr char kTelling[] = "\"\\{}[]:,%/@?&=0\x00\x7f\x80\xc2\xff";
  const size_t at = input->empty() ? 0 : (*random)() % input->size();
  const char byte = (*random)() % 2 == 0
                        ? kTelling[(*random)() % (sizeof kTelling - 1)]
                        : static_cast<char>((*random)());
  switch ((*random)() % 4) {
    case 0:
      input->insert(at, 1, byte);
      break;
    case 1:
      if (!input->empty()) (*input)[at] = byte;
      break;
    case 2:
      input->erase(at, 1 + (*random)() % 8);
      break;
    default:
      input->insert(at, input->substr((*random)() % (at + 1), 16));
      break;
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) {
    fprintf(stderr, "usage: %s FOLDER [INPUTS]\n", argv[0]);
    return 2;
  }
  std::vector<std::string> seeds;
  for (const auto& entry : std::filesystem::directory_iterator(argv[1])) {
    std::ifstream file(entry.path(), std::ios::binary);
    seeds.emplace_back(std::istreambuf_iterator<char>(file),
                       std::istreambuf_iterator<char>());
  }
  if (seeds.empty()) {
    fprintf(stderr, "%s: no seeds in %s\n", argv[0], argv[1]);
    return 1;
  }
  for (const std::string& seed : seeds) Run(seed);
  const long inputs = argc > 2 ? atol(argv[2]) : 20000;
  std::mt19937_64 random(1);
  for (long i = 0; i < inputs; ++i) {
    std::string input = seeds[random() % seeds.size()];
    for (uint64_t n = random() % 8; n > 0; --n) Mutate(&random, &input);
    Run(input);
  }
  printf("%ld inputs\n", inputs + static_cast<long>(seeds.size()));
  return 0;
}
