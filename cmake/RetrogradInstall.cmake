# What `cmake --install` writes: the library, its public headers under include/retrograd, a package that find_package
# finds, and a pkg-config file. All of it is relocatable: nothing installed names the prefix. The component `runtime` is
# what a program needs that is linked to the shared library, `development` is the rest.
include(CMakePackageConfigHelpers)
set(package_folder ${CMAKE_INSTALL_LIBDIR}/cmake/retrograd)

install(TARGETS retrograd EXPORT retrogradTargets
  ARCHIVE COMPONENT development
  LIBRARY COMPONENT runtime NAMELINK_COMPONENT development
  FILE_SET HEADERS DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} COMPONENT development)
install(EXPORT retrogradTargets NAMESPACE retrograd:: DESTINATION ${package_folder} COMPONENT development)

# A static library hands its private dependencies on to whoever links it; a shared one keeps them to itself.
get_target_property(library_type retrograd TYPE)
if(library_type STREQUAL "STATIC_LIBRARY")
  set(RETROGRAD_STATIC ON)
  set(pc_requires "fmt openblas zlib")
else()
  set(RETROGRAD_STATIC OFF)
  set(pc_requires fmt)
endif()
configure_package_config_file(
  ${CMAKE_CURRENT_LIST_DIR}/retrogradConfig.cmake.in ${PROJECT_BINARY_DIR}/retrogradConfig.cmake
  INSTALL_DESTINATION ${package_folder} NO_SET_AND_CHECK_MACRO NO_CHECK_REQUIRED_COMPONENTS_MACRO)
write_basic_package_version_file(${PROJECT_BINARY_DIR}/retrogradConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/retrogradConfig.cmake ${PROJECT_BINARY_DIR}/retrogradConfigVersion.cmake
              ${CMAKE_CURRENT_LIST_DIR}/FindRetrogradOpenBLAS.cmake
        DESTINATION ${package_folder} COMPONENT development)

install(FILES ${PROJECT_SOURCE_DIR}/tools/gdb/retrograd.py
        DESTINATION ${CMAKE_INSTALL_DATADIR}/retrograd/gdb RENAME retrograd-gdb.py COMPONENT development)

# Where a folder was given as an absolute path, nothing can be moved, and the file says so.
if(IS_ABSOLUTE ${CMAKE_INSTALL_LIBDIR})
  set(pc_prefix ${CMAKE_INSTALL_PREFIX})
else()
  file(RELATIVE_PATH up /prefix/${CMAKE_INSTALL_LIBDIR}/pkgconfig /prefix)
  string(REGEX REPLACE "/$" "" pc_prefix "\${pcfiledir}/${up}")
endif()
foreach(folder IN ITEMS LIBDIR INCLUDEDIR)
  set(pc_${folder} ${CMAKE_INSTALL_${folder}})
  if(NOT IS_ABSOLUTE ${pc_${folder}})
    string(PREPEND pc_${folder} "\${prefix}/")
  endif()
endforeach()
configure_file(${CMAKE_CURRENT_LIST_DIR}/retrograd.pc.in ${PROJECT_BINARY_DIR}/retrograd.pc @ONLY)
install(FILES ${PROJECT_BINARY_DIR}/retrograd.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig COMPONENT development)
