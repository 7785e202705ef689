# Compile through ccache where it is installed; the build is the same without it.
find_program(JURY_CCACHE ccache)
if(JURY_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${JURY_CCACHE})
  set(CMAKE_C_COMPILER_LAUNCHER ${JURY_CCACHE})
endif()
