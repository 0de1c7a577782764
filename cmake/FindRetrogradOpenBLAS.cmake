# Defines the target retrograd::openblas. Debian's OpenBLAS config gives variables but no target, so we make our own;
# the installed package uses this file too.
find_path(RETROGRAD_CBLAS_INCLUDE_DIR cblas.h PATH_SUFFIXES openblas x86_64-linux-gnu/openblas-pthread)
find_library(RETROGRAD_OPENBLAS_LIBRARY NAMES openblas PATH_SUFFIXES openblas-pthread)
include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(
  RetrogradOpenBLAS REQUIRED_VARS RETROGRAD_OPENBLAS_LIBRARY RETROGRAD_CBLAS_INCLUDE_DIR
  REASON_FAILURE_MESSAGE "on Debian: apt-get install libopenblas-dev")
mark_as_advanced(RETROGRAD_CBLAS_INCLUDE_DIR RETROGRAD_OPENBLAS_LIBRARY)
if(RetrogradOpenBLAS_FOUND AND NOT TARGET retrograd::openblas)
  add_library(retrograd::openblas UNKNOWN IMPORTED)
  set_target_properties(retrograd::openblas PROPERTIES
    IMPORTED_LOCATION ${RETROGRAD_OPENBLAS_LIBRARY}
    INTERFACE_INCLUDE_DIRECTORIES ${RETROGRAD_CBLAS_INCLUDE_DIR})
endif()
