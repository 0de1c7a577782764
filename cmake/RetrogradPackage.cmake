# `cpack` makes Debian packages. Of the shared library there are two, as Debian has it: libretrograd0.1, what a program
# runs with, and libretrograd-dev, what it is compiled with. Of the static library there is only the second.
set(runtime_package libretrograd${PROJECT_VERSION_MAJOR}.${PROJECT_VERSION_MINOR})
set(development_package libretrograd-dev)
set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME retrograd)
set(CPACK_PACKAGE_VERSION ${PROJECT_VERSION})
set(CPACK_PACKAGE_CONTACT "The Retrograd authors <maintainers@retrograd.invalid>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "automatic differentiation and neural networks in C++")
set(CPACK_VERBATIM_VARIABLES ON)
set(CPACK_STRIP_FILES ON)
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(what "Tensors, gradients of any order by a tape, neural networks and optimizers for
programs in C++20, on OpenBLAS.")

set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_NAME ${development_package})
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_SECTION libdevel)
set(CPACK_COMPONENT_DEVELOPMENT_DESCRIPTION "${what}
This package has the headers and what CMake, pkg-config and gdb need.")
if(RETROGRAD_STATIC)
  set(CPACK_COMPONENTS_ALL development)
  set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_DEPENDS "libfmt-dev, libopenblas-dev, zlib1g-dev")
else()
  set(CPACK_COMPONENTS_ALL runtime development)
  set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_DEPENDS "${runtime_package} (= ${PROJECT_VERSION}), libfmt-dev")
  set(CPACK_DEBIAN_RUNTIME_PACKAGE_NAME ${runtime_package})
  set(CPACK_DEBIAN_RUNTIME_PACKAGE_SECTION libs)
  set(CPACK_DEBIAN_RUNTIME_PACKAGE_SHLIBDEPS ON)
  set(CPACK_DEBIAN_PACKAGE_GENERATE_SHLIBS ON)
  set(CPACK_DEBIAN_PACKAGE_GENERATE_SHLIBS_POLICY ">=")
  set(CPACK_COMPONENT_RUNTIME_DESCRIPTION "${what}
This package has the shared library.")
  file(CONFIGURE OUTPUT triggers CONTENT "activate-noawait ldconfig\n")
  set(CPACK_DEBIAN_RUNTIME_PACKAGE_CONTROL_EXTRA ${CMAKE_CURRENT_BINARY_DIR}/triggers)
endif()

# Debian wants a licence and a changelog of its own kind beside each package.
string(TIMESTAMP now "%a, %d %b %Y %H:%M:%S +0000" UTC)
file(CONFIGURE OUTPUT changelog CONTENT "retrograd (${PROJECT_VERSION}) unstable; urgency=medium

  * Version ${PROJECT_VERSION}; CHANGELOG.md in the source says what is new.

 -- ${CPACK_PACKAGE_CONTACT}  ${now}
")
file(ARCHIVE_CREATE OUTPUT ${CMAKE_CURRENT_BINARY_DIR}/changelog.gz PATHS ${CMAKE_CURRENT_BINARY_DIR}/changelog FORMAT raw COMPRESSION GZip COMPRESSION_LEVEL 9)
foreach(component IN LISTS CPACK_COMPONENTS_ALL)
  set(folder ${CMAKE_INSTALL_DATADIR}/doc/${${component}_package})
  install(FILES ${PROJECT_SOURCE_DIR}/LICENSE DESTINATION ${folder} RENAME copyright COMPONENT ${component})
  install(FILES ${CMAKE_CURRENT_BINARY_DIR}/changelog.gz DESTINATION ${folder} COMPONENT ${component})
endforeach()
include(CPack)
