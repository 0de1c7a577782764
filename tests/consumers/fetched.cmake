# Builds Retrograd within a stranger's project, as a shared library, and runs a program of theirs; then installs that
# shared library and runs a program built against it. Unoptimised and for one SIMD target, since what is tried is how it
# is built and not how fast it is.
#   cmake -D work= -D here= -D scripts= -D generator= -D compiler= -D source= -P fetched.cmake
cmake_minimum_required(VERSION 3.25)

function(run)
  execute_process(COMMAND ${ARGV} COMMAND_ERROR_IS_FATAL ANY)
endfunction()

run(${CMAKE_COMMAND} -S ${here}/fetched -B ${work}/build -G ${generator} -D CMAKE_CXX_COMPILER=${compiler}
    -D "CMAKE_CXX_FLAGS=-O0 -DHWY_COMPILE_ONLY_STATIC" -D BUILD_SHARED_LIBS=ON -D RETROGRAD_INSTALL=ON
    -D retrograd_source=${source} -D scripts=${scripts})
run(${CMAKE_COMMAND} --build ${work}/build)
run(${work}/build/derivatives)

file(REMOVE_RECURSE ${work}/prefix)
run(${CMAKE_COMMAND} --install ${work}/build --prefix ${work}/prefix)
run(${CMAKE_COMMAND} -S ${here}/installed -B ${work}/installed -G ${generator} -D CMAKE_CXX_COMPILER=${compiler}
    -D CMAKE_PREFIX_PATH=${work}/prefix -D names=third_derivative -D scripts=${scripts})
run(${CMAKE_COMMAND} --build ${work}/installed)
run(${work}/installed/third_derivative)
