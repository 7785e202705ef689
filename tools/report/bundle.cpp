#include "tools/report/bundle.hpp"

// The assembler reads the files as they are: a compiler takes long for half a megabyte of text. CMake says where they
// are, and that this file is made again when they change.
#define JURY_EMBED(symbol, file)                                                                                     \
  asm(".section .rodata\n.global " #symbol "\n.global " #symbol "_end\n" #symbol ":\n.incbin \"" file "\"\n" #symbol \
      "_end:\n.byte 0\n.previous\n");                                                                                \
  extern "C" const char symbol[], symbol##_end[];

JURY_EMBED(jury_report_script, JURY_REPORT_DIST "/report.js")
JURY_EMBED(jury_report_style, JURY_REPORT_DIST "/report.css")
JURY_EMBED(jury_report_script_hash, JURY_REPORT_DIST "/report.js.sha256")

namespace jury {

std::string_view report_script() noexcept { return {jury_report_script, jury_report_script_end}; }
std::string_view report_style() noexcept { return {jury_report_style, jury_report_style_end}; }
std::string_view report_script_hash() noexcept { return {jury_report_script_hash, jury_report_script_hash_end}; }

}  // namespace jury
