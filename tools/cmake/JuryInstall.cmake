# What `cmake --install` puts where, for find_package(jury) and pkg-config, and the packages that cpack makes of it.
#
# Components: runtime (the command, manual pages, completions, examples, schema, the reader of results for Python), development (libraries, headers, how to
# find them). Nothing in the prefix names the prefix: it can be moved.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)
set(made ${PROJECT_BINARY_DIR}/install)
set(doc ${CMAKE_INSTALL_DATAROOTDIR}/doc/jury)
set(JURY_LIBRARIES ${CMAKE_INSTALL_LIBDIR}/jury)

install(TARGETS jury RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR} COMPONENT runtime)

# jury_made(<file> <folder> <name> <words>...): what the command prints, installed as <folder>/<name>; a page is compressed.
function(jury_made file folder name)
  set(press "")
  if(name MATCHES "\\.gz$")
    set(press "| gzip -9n")
  endif()
  add_custom_command(OUTPUT ${made}/${file} COMMAND ${CMAKE_COMMAND} -E make_directory ${made}
    COMMAND sh -c "$<TARGET_FILE:jury> \$* ${press} > ${made}/${file}" sh ${ARGN} DEPENDS jury VERBATIM)
  set_property(GLOBAL APPEND PROPERTY JURY_MADE ${made}/${file})
  install(FILES ${made}/${file} DESTINATION ${folder} RENAME ${name} COMPONENT runtime)
endfunction()
# Debian's zsh looks into another folder of /usr.
set(zsh site-functions)
if(CMAKE_INSTALL_PREFIX STREQUAL "/usr" AND EXISTS /etc/debian_version)
  set(zsh vendor-completions)
endif()
jury_made(jury.bash ${CMAKE_INSTALL_DATAROOTDIR}/bash-completion/completions jury completion bash)
jury_made(_jury ${CMAKE_INSTALL_DATAROOTDIR}/zsh/${zsh} _jury completion zsh)
jury_made(jury.fish ${CMAKE_INSTALL_DATAROOTDIR}/fish/vendor_completions.d jury.fish completion fish)
jury_made(jury.1.gz ${CMAKE_INSTALL_MANDIR}/man1 jury.1.gz man jury)
jury_made(jury-experiment.5.gz ${CMAKE_INSTALL_MANDIR}/man5 jury-experiment.5.gz man jury-experiment)

# Examples that start from the data beside them, and write into the folder one is in.
file(GLOB_RECURSE examples CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/tools/examples/*)
add_custom_command(OUTPUT ${made}/examples.stamp
  COMMAND ${CMAKE_COMMAND} -D from=${PROJECT_SOURCE_DIR}/tools/examples -D data=${PROJECT_SOURCE_DIR}/tests/data/digits.csv.gz
          -D to=${made}/examples -P ${PROJECT_SOURCE_DIR}/tools/cmake/install_examples.cmake
  COMMAND ${CMAKE_COMMAND} -E touch ${made}/examples.stamp
  DEPENDS ${examples} ${PROJECT_SOURCE_DIR}/tools/cmake/install_examples.cmake VERBATIM)
install(DIRECTORY ${made}/examples/ DESTINATION ${CMAKE_INSTALL_DATAROOTDIR}/jury/examples COMPONENT runtime)
install(FILES tools/examples/experiment.schema.json DESTINATION ${CMAKE_INSTALL_DATAROOTDIR}/jury COMPONENT runtime)
install(FILES tools/python/jury_results.py DESTINATION ${CMAKE_INSTALL_DATAROOTDIR}/jury/python COMPONENT runtime)
install(FILES README.md tools/report/dist/LICENSES.txt DESTINATION ${doc} COMPONENT runtime)
install(FILES LICENSE DESTINATION ${doc} RENAME copyright COMPONENT runtime)
add_custom_command(OUTPUT ${made}/changelog.gz
  COMMAND sh -c "gzip -9n < ${PROJECT_SOURCE_DIR}/CHANGELOG.md > ${made}/changelog.gz" DEPENDS CHANGELOG.md VERBATIM)
install(FILES ${made}/changelog.gz DESTINATION ${doc} COMPONENT runtime)
get_property(all GLOBAL PROPERTY JURY_MADE)
add_custom_target(jury_installed ALL DEPENDS ${all} ${made}/examples.stamp ${made}/changelog.gz)

# All layers but those of the command, as jury::<layer>, and jury::jury for all of them.
get_property(layers GLOBAL PROPERTY JURY_LAYERS)
list(FILTER layers EXCLUDE REGEX "^tools\\.(command|bench|report|export|reference)$")
add_library(jury_all INTERFACE)
set(archives "")
foreach(layer IN LISTS layers)
  set_target_properties(jury.${layer} PROPERTIES EXPORT_NAME ${layer})
  target_link_libraries(jury_all INTERFACE jury.${layer})
  install(TARGETS jury.${layer} EXPORT jury-targets COMPONENT development
    ARCHIVE DESTINATION ${JURY_LIBRARIES} FILE_SET HEADERS DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/jury)
  set(archives "-l:libjury.${layer}.a ${archives}")
endforeach()
set_target_properties(jury_all PROPERTIES EXPORT_NAME jury)
install(TARGETS jury_all EXPORT jury-targets COMPONENT development)
set(cmake_folder ${CMAKE_INSTALL_LIBDIR}/cmake/jury)
install(EXPORT jury-targets NAMESPACE jury:: DESTINATION ${cmake_folder} COMPONENT development)
set(JURY_HAS_XGBOOST OFF)
set(xgboost "")
if(TARGET PkgConfig::XGBOOST)
  set(JURY_HAS_XGBOOST ON)
  set(xgboost ", xgboost")
endif()
configure_package_config_file(tools/cmake/jury-config.cmake.in ${made}/jury-config.cmake INSTALL_DESTINATION ${cmake_folder})
write_basic_package_version_file(${made}/jury-config-version.cmake COMPATIBILITY SameMinorVersion)
file(RELATIVE_PATH up /p/${CMAKE_INSTALL_LIBDIR}/pkgconfig /p)
configure_file(tools/cmake/jury.pc.in ${made}/jury.pc @ONLY)
install(FILES ${made}/jury-config.cmake ${made}/jury-config-version.cmake DESTINATION ${cmake_folder} COMPONENT development)
install(FILES ${made}/jury.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig COMPONENT development)
install(FILES LICENSE DESTINATION ${CMAKE_INSTALL_DATAROOTDIR}/doc/libjury-dev RENAME copyright COMPONENT development)

include(JuryPackages)
