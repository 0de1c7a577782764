# The target `docs`: the API reference of the public headers, and the pages of docs/. It is built on request only.
find_program(RETROGRAD_DOXYGEN doxygen)
mark_as_advanced(RETROGRAD_DOXYGEN)
set(RETROGRAD_API_FOLDER ${PROJECT_BINARY_DIR}/docs)
get_property(headers GLOBAL PROPERTY RETROGRAD_PUBLIC_HEADERS)
list(TRANSFORM headers PREPEND ${RETROGRAD_INCLUDE_ROOT}/retrograd/)
file(GLOB pages CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/*.md ${PROJECT_SOURCE_DIR}/docs/*.md ${PROJECT_SOURCE_DIR}/experiments/*/*.md)
# Doxygen wants to have seen a namespace before someone specializes a template of it.
file(CONFIGURE OUTPUT ${RETROGRAD_API_FOLDER}/fmt.h CONTENT "namespace fmt {}\n")
set(input ${pages} ${RETROGRAD_API_FOLDER}/fmt.h ${headers})
list(TRANSFORM input REPLACE "(.+)" "\"\\1\"")  # names may hold blanks
list(JOIN input " " RETROGRAD_API_INPUT)
configure_file(${PROJECT_SOURCE_DIR}/docs/Doxyfile.in ${RETROGRAD_API_FOLDER}/Doxyfile @ONLY)
if(RETROGRAD_DOXYGEN)
  add_custom_target(docs COMMAND ${RETROGRAD_DOXYGEN} ${RETROGRAD_API_FOLDER}/Doxyfile VERBATIM)
endif()
