# Runs train_mnist where MNIST is at hand; tests fetch nothing.
#   cmake -D program= -P train_mnist.cmake
cmake_minimum_required(VERSION 3.25)
include(${CMAKE_CURRENT_LIST_DIR}/mnist.cmake)
retrograd_find_mnist(missing)
if(missing)
  message(STATUS "${missing}")
  return()
endif()
execute_process(COMMAND ${program} COMMAND_ERROR_IS_FATAL ANY)
