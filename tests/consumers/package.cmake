# Makes Debian packages of the shared library that fetched.cmake built, and looks into them. Installing them takes root,
# and is not tried.
#   cmake -D work= -P package.cmake
cmake_minimum_required(VERSION 3.25)
include(${CMAKE_CURRENT_LIST_DIR}/common.cmake)
foreach(tool dpkg-deb dpkg-shlibdeps file)
  find_program(${tool} ${tool})
  if(NOT ${tool})
    message(STATUS "skipped: ${tool} is not installed")
    return()
  endif()
endforeach()

file(REMOVE_RECURSE ${work}/packages)
run(${CMAKE_CPACK_COMMAND} --config ${work}/build/CPackConfig.cmake -G DEB -B ${work}/packages)
file(GLOB runtime ${work}/packages/libretrograd[0-9]*.deb)
file(GLOB development ${work}/packages/libretrograd-dev_*.deb)

# expect(file option regex…): what dpkg-deb says of the package matches each.
function(expect file option)
  run(dpkg-deb ${option} ${file})
  foreach(wanted IN LISTS ARGN)
    if(NOT said MATCHES "${wanted}")
      message(FATAL_ERROR "${file} does not have ${wanted} but\n${said}")
    endif()
  endforeach()
endfunction()
expect(${runtime} -I "Package: libretrograd[0-9.]+\n" "Depends: [^\n]*libopenblas0[^\n]*" "Depends: [^\n]*libfmt9" "Depends: [^\n]*zlib1g"
       "Section: libs\n" "Maintainer: [^\n]+<[^\n]+@[^\n]+>\n" "Description: [a-z]")
expect(${runtime} -c "/libretrograd\\.so\\.[0-9.]+\n" "/doc/libretrograd[0-9.]+/copyright\n")
expect(${development} -I "Package: libretrograd-dev\n" "Depends: libretrograd[0-9.]+ \\(= [0-9.]+\\), libfmt-dev\n" "Section: libdevel\n"
       "Description: [a-z]")
expect(${development} -c "/libretrograd\\.so -> " "/include/retrograd/retrograd\\.h\n" "/include/retrograd/nn/layers/linear\\.h\n"
       "/cmake/retrograd/retrogradConfig\\.cmake\n" "/pkgconfig/retrograd\\.pc\n" "/doc/libretrograd-dev/copyright\n")
foreach(package ${runtime} ${development})
  run(dpkg-deb -c ${package})
  string(REGEX MATCH "[^\n]* \\./usr/local[^\n]*|[^\n]*\\.cpp\n|[^\n]*-inl\\.h\n" stray "${said}")
  if(stray)
    message(FATAL_ERROR "${package} has ${stray}")
  endif()
endforeach()
