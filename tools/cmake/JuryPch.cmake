# Headers that nearly every file includes, compiled once: a build from nothing takes two thirds of the time.
# Every file still includes what it uses; JURY_PCH=OFF proves it, and lets ccache work.
option(JURY_PCH "Compile the most used headers once" ON)
set(JURY_PCH_HEADERS
  <algorithm> <array> <cmath> <cstdint> <functional> <map> <memory> <optional> <span> <string> <string_view> <utility>
  <variant> <vector> <fmt/format.h>)

# jury_pch(<target> <flavour> LAYER <layer> [HEADERS <header>...] [OPTIONS <option>...] [LINKS <library>...])
#
# Precompiled headers for <target>, shared by all targets of a flavour, which are compiled alike. Those that see
# OpenMP through their layer have others: the flag defines a macro.
function(jury_pch target flavour)
  cmake_parse_arguments(PARSE_ARGV 2 arg "" "LAYER" "HEADERS;OPTIONS;LINKS")
  if(NOT JURY_PCH)
    return()
  endif()
  get_target_property(openmp ${arg_LAYER} JURY_OPENMP)
  if(openmp)
    string(APPEND flavour .openmp)
    list(APPEND arg_LINKS OpenMP::OpenMP_CXX)
  endif()
  if(NOT TARGET jury_pch.${flavour})
    file(CONFIGURE OUTPUT ${PROJECT_BINARY_DIR}/pch/${flavour}.cpp CONTENT "")
    add_library(jury_pch.${flavour} OBJECT ${PROJECT_BINARY_DIR}/pch/${flavour}.cpp)
    target_compile_features(jury_pch.${flavour} PRIVATE cxx_std_20)
    target_compile_options(jury_pch.${flavour} PRIVATE ${arg_OPTIONS})
    target_link_libraries(jury_pch.${flavour} PRIVATE fmt::fmt ${arg_LINKS})
    target_precompile_headers(jury_pch.${flavour} PRIVATE ${JURY_PCH_HEADERS} ${arg_HEADERS})
  endif()
  target_precompile_headers(${target} REUSE_FROM jury_pch.${flavour})
  target_compile_options(${target} PRIVATE -Wno-error=invalid-pch)  # headers that do not fit are read as usual
endfunction()
