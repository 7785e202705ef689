# What cpack makes: jury_<version>_<architecture>.deb, and libjury-dev beside it.
set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME jury)
set(CPACK_PACKAGE_VENDOR "The jury authors")
set(JURY_CONTACT "The jury authors <jury@example.org>" CACHE STRING "Who answers for the packages, name and address")
set(CPACK_PACKAGE_CONTACT ${JURY_CONTACT})
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "distributed ensembles and hyperparameter search")
set(CPACK_RESOURCE_FILE_LICENSE ${PROJECT_SOURCE_DIR}/LICENSE)
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_COMPONENTS_ALL runtime development)
set(CPACK_COMPONENT_RUNTIME_DESCRIPTION
  "Trains, cross-validates, searches and combines many models on the cores of\n one machine or a cluster: one experiment file in, one HDF5 file out.")
set(CPACK_COMPONENT_DEVELOPMENT_DESCRIPTION "The libraries that jury is made of, their headers, and how CMake and\n pkg-config find them.")

set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_RELEASE 1)
set(CPACK_DEBIAN_PACKAGE_SECTION science)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
set(CPACK_DEBIAN_RUNTIME_PACKAGE_NAME jury)
set(CPACK_DEBIAN_RUNTIME_PACKAGE_SHLIBDEPS ON)
# A single process needs no mpirun.
set(CPACK_DEBIAN_RUNTIME_PACKAGE_RECOMMENDS openmpi-bin)
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_NAME libjury-dev)
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_SECTION libdevel)
set(needed pkg-config libopenmpi-dev libhdf5-dev libdnnl-dev ocl-icd-opencl-dev opencl-headers libboost-dev
  libtomlplusplus-dev nlohmann-json3-dev libfmt-dev libspdlog-dev libeigen3-dev libnlopt-dev libhwy-dev libxxhash-dev zlib1g-dev)
if(JURY_HAS_XGBOOST)
  list(APPEND needed libxgboost-dev)
endif()
list(JOIN needed ", " CPACK_DEBIAN_DEVELOPMENT_PACKAGE_DEPENDS)

# Debian's own kind of changelog, with the date of the commit.
execute_process(COMMAND git log -1 --format=%cD WORKING_DIRECTORY ${PROJECT_SOURCE_DIR}
                OUTPUT_VARIABLE date OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
file(WRITE ${made}/changelog "jury (${PROJECT_VERSION}-1) unstable; urgency=medium\n\n  * What is new: /usr/share/doc/jury/changelog.gz\n\n"
  " -- ${JURY_CONTACT}  ${date}\n")
add_custom_command(OUTPUT ${made}/changelog.Debian.gz COMMAND sh -c "gzip -9n < ${made}/changelog > ${made}/changelog.Debian.gz"
                   DEPENDS ${made}/changelog VERBATIM)
add_custom_target(jury_debian ALL DEPENDS ${made}/changelog.Debian.gz)
install(FILES ${made}/changelog.Debian.gz DESTINATION ${CMAKE_INSTALL_DATAROOTDIR}/doc/jury COMPONENT runtime)
install(FILES ${made}/changelog.Debian.gz DESTINATION ${CMAKE_INSTALL_DATAROOTDIR}/doc/libjury-dev COMPONENT development)
include(CPack)
