# Builds Retrograd within a stranger's project, as a shared library, and runs a program of theirs. Unoptimised and for one
# SIMD target, since what is tried is how it is built and not how fast it is.
#   cmake -D work= -D here= -D scripts= -D generator= -D compiler= -D source= -P fetched.cmake
cmake_minimum_required(VERSION 3.25)
execute_process(
  COMMAND ${CMAKE_COMMAND} -S ${here}/fetched -B ${work} -G ${generator} -D CMAKE_CXX_COMPILER=${compiler}
          -D "CMAKE_CXX_FLAGS=-O0 -DHWY_COMPILE_ONLY_STATIC" -D BUILD_SHARED_LIBS=ON -D retrograd_source=${source}
          -D scripts=${scripts}
  COMMAND_ERROR_IS_FATAL ANY)
execute_process(COMMAND ${CMAKE_COMMAND} --build ${work} COMMAND_ERROR_IS_FATAL ANY)
execute_process(COMMAND ${work}/derivatives COMMAND_ERROR_IS_FATAL ANY)
