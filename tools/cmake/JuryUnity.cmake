# A build from nothing takes much less time with -DCMAKE_UNITY_BUILD=ON: files of a folder are compiled
# in batches, so that the headers they share are read once. Every file compiles on its own as well.
set(CMAKE_UNITY_BUILD_BATCH_SIZE 12)

# jury_unity(<source>...)
#
# Keeps out of the batches what Highway compiles several times over: such a file includes itself.
# CMake itself keeps out the files that have compile options or definitions of their own.
function(jury_unity)
  foreach(source IN LISTS ARGV)
    file(STRINGS ${source} several REGEX "include <hwy/foreach_target\\.h>" LIMIT_COUNT 1)
    if(several)
      set_source_files_properties(${source} PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON)
    endif()
  endforeach()
endfunction()
