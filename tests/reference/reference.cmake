# Reads what the API reference is made of, and fails on a public name without a sentence.
#   cmake -D doxyfile=<the generated one> -D work=<scratch folder> -P reference.cmake
#   cmake -D doxyfile= -D work= -D planted=ON -P reference.cmake    plants each fault and wants it found
cmake_minimum_required(VERSION 3.25)
find_program(doxygen doxygen)
if(NOT doxygen)
  message(STATUS "skipped: doxygen is not installed")
  return()
endif()
if(doxyfile MATCHES " ")
  message(STATUS "skipped: doxygen finds no page from another one in a folder with a blank in its name")
  return()
endif()

file(READ ${doxyfile} settings)
string(APPEND settings "\nGENERATE_HTML = NO\nGENERATE_PERLMOD = YES\nOUTPUT_DIRECTORY = \"${work}\"\n")
set(planted_faults "")
if(planted)
  file(WRITE ${work}/planted.h "/// A namespace.
namespace planted {
/// Documented.
struct Documented {
  int undocumented_member;
  void undocumented_method();
};
struct UndocumentedStruct {
  int member;
};
int undocumented_function(int x);
enum class UndocumentedEnum { a };
namespace detail {
int internal(int x);
}
}
")
  string(APPEND settings "INPUT = \"${work}/planted.h\"\nUSE_MDFILE_AS_MAINPAGE =\n")
  set(planted_faults undocumented_member undocumented_method UndocumentedStruct undocumented_function UndocumentedEnum)
endif()
file(WRITE ${work}/Doxyfile "${settings}")
execute_process(COMMAND ${doxygen} ${work}/Doxyfile RESULT_VARIABLE code OUTPUT_VARIABLE said ERROR_VARIABLE said)

if(NOT planted)
  if(NOT code EQUAL 0)
    message(FATAL_ERROR "doxygen ended with ${code}:\n${said}")
  endif()
  return()
endif()
if(code EQUAL 0 OR said MATCHES "internal")
  message(FATAL_ERROR "with faults planted doxygen ended with ${code}:\n${said}")
endif()
foreach(fault IN LISTS planted_faults)
  if(NOT said MATCHES "${fault}")
    message(FATAL_ERROR "the planted ${fault} was not found:\n${said}")
  endif()
endforeach()
