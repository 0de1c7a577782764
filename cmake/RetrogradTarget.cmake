# How the library and everything built beside it is compiled: dependencies, warnings, sanitizers, and the tree of links
# through which sources and consumers alike write <retrograd/core/tensor.h>.
include(GNUInstallDirs)
find_package(RetrogradOpenBLAS REQUIRED)
find_package(fmt REQUIRED)
find_path(RETROGRAD_HIGHWAY_INCLUDE_DIR hwy/highway.h REQUIRED)  # its headers; its shared library is not linked
mark_as_advanced(RETROGRAD_HIGHWAY_INCLUDE_DIR)
find_package(nlohmann_json REQUIRED)
find_package(Threads REQUIRED)
find_package(ZLIB REQUIRED)

set(RETROGRAD_INCLUDE_ROOT ${PROJECT_BINARY_DIR}/include)

# retrograd_warnings(target): what every target of ours is held to.
function(retrograd_warnings target)
  target_compile_options(${target} PRIVATE -Wall -Wextra -Wpedantic -Wshadow -Wconversion)
  if(RETROGRAD_WARNINGS_AS_ERRORS)
    target_compile_options(${target} PRIVATE -Werror)
  endif()
  if(RETROGRAD_SANITIZE)
    target_compile_options(${target} PRIVATE -fsanitize=${RETROGRAD_SANITIZE} -fno-omit-frame-pointer)
    target_link_options(${target} PRIVATE -fsanitize=${RETROGRAD_SANITIZE})
  endif()
endfunction()

function(retrograd_library target)
  file(MAKE_DIRECTORY ${RETROGRAD_INCLUDE_ROOT}/retrograd)
  retrograd_warnings(${target})
  target_compile_features(${target} PUBLIC cxx_std_20)
  # No contraction of a*b+c behind our back: one seed, one result, whatever the compiler sees fit to fuse.
  target_compile_options(${target} PRIVATE -ffp-contract=off -ffile-prefix-map=${RETROGRAD_INCLUDE_ROOT}/retrograd=${PROJECT_SOURCE_DIR})
  # Highway includes each op file by its path from here.
  target_include_directories(${target} PRIVATE ${PROJECT_SOURCE_DIR})
  target_include_directories(${target} SYSTEM PRIVATE ${RETROGRAD_HIGHWAY_INCLUDE_DIR})
  # Its asserts would call a function of its library.
  target_compile_definitions(${target} PRIVATE HWY_IS_DEBUG_BUILD=0)
  # Three SIMD targets keep the build short: the baseline, AVX2 and AVX-512. On other processors there is one.
  if(CMAKE_SYSTEM_PROCESSOR MATCHES "^(x86_64|AMD64|i[3-6]86)$")
    target_compile_definitions(${target} PRIVATE "HWY_DISABLED_TARGETS=(HWY_SSSE3|HWY_SSE4|HWY_AVX3_DL)")
  else()
    target_compile_definitions(${target} PRIVATE HWY_COMPILE_ONLY_STATIC)
  endif()
  # What nearly every file includes is parsed once.
  target_precompile_headers(${target} PRIVATE
    <algorithm> <array> <cmath> <cstdint> <cstring> <functional> <limits> <memory> <numeric> <optional> <string>
    <string_view> <unordered_map> <utility> <vector> <fmt/core.h>
    <core/autodiff/transforms.h>)
  target_link_libraries(${target}
    PUBLIC fmt::fmt
    PRIVATE retrograd::openblas Threads::Threads ZLIB::ZLIB $<BUILD_INTERFACE:nlohmann_json::nlohmann_json>)
  target_link_options(${target} PRIVATE LINKER:--version-script=${PROJECT_SOURCE_DIR}/cmake/retrograd.map)
  set_target_properties(${target} PROPERTIES
    LINK_DEPENDS ${PROJECT_SOURCE_DIR}/cmake/retrograd.map VISIBILITY_INLINES_HIDDEN ON DEFINE_SYMBOL ""
    CXX_EXTENSIONS OFF POSITION_INDEPENDENT_CODE ON EXPORT_NAME retrograd
    VERSION ${PROJECT_VERSION} SOVERSION ${PROJECT_VERSION_MAJOR}.${PROJECT_VERSION_MINOR})
endfunction()

# retrograd_folder(SOURCES … HEADERS …): adds this folder's files to the library; HEADERS are public and get installed
# as <retrograd/folder/header.h>.
function(retrograd_folder)
  cmake_parse_arguments(arg "" "" "SOURCES;HEADERS" ${ARGN})
  get_filename_component(folder ${CMAKE_CURRENT_SOURCE_DIR} NAME)
  file(CREATE_LINK ${CMAKE_CURRENT_SOURCE_DIR} ${RETROGRAD_INCLUDE_ROOT}/retrograd/${folder} SYMBOLIC)
  list(TRANSFORM arg_HEADERS PREPEND ${folder}/ OUTPUT_VARIABLE public)
  list(TRANSFORM public PREPEND ${RETROGRAD_INCLUDE_ROOT}/retrograd/ OUTPUT_VARIABLE linked)
  target_sources(retrograd PRIVATE ${arg_SOURCES})
  target_sources(retrograd PUBLIC FILE_SET HEADERS BASE_DIRS ${RETROGRAD_INCLUDE_ROOT} FILES ${linked})
  set_property(GLOBAL APPEND PROPERTY RETROGRAD_PUBLIC_HEADERS ${public})
endfunction()

# Writes <retrograd/retrograd.h> from the list of public headers.
function(retrograd_umbrella_header target)
  get_property(headers GLOBAL PROPERTY RETROGRAD_PUBLIC_HEADERS)
  set(text "// Everything Retrograd offers. Generated from the list of public headers.\n#pragma once\n")
  foreach(header ${headers})
    string(APPEND text "#include \"${header}\"\n")
  endforeach()
  file(CONFIGURE OUTPUT ${RETROGRAD_INCLUDE_ROOT}/retrograd/retrograd.h CONTENT "${text}" @ONLY)
  target_sources(${target} PUBLIC FILE_SET HEADERS FILES ${RETROGRAD_INCLUDE_ROOT}/retrograd/retrograd.h)
endfunction()
