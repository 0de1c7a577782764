# What the scripts of this folder share.

# run(command…): fails with all that the command said unless it succeeds; `said` is what it said.
function(run)
  execute_process(COMMAND ${ARGV} RESULT_VARIABLE code OUTPUT_VARIABLE said ERROR_VARIABLE said)
  if(NOT code EQUAL 0)
    list(JOIN ARGV " " command)
    message(FATAL_ERROR "${said}\nfailed (${code}): ${command}")
  endif()
  set(said "${said}" PARENT_SCOPE)
endfunction()

# write_hostile(folder): headers of a consumer's own under every name that our headers have, with and without their
# folders, and under the name `version`. First on the consumer's include path, none of them may ever be picked up.
function(write_hostile folder)
  file(GLOB_RECURSE headers RELATIVE ${source} ${source}/core/*.h ${source}/ops/*.h ${source}/nn/*.h ${source}/optim/*.h ${source}/tools/*.h)
  foreach(header IN LISTS headers)
    get_filename_component(name ${header} NAME)
    foreach(path ${header} ${name})
      file(WRITE ${folder}/${path} "#error \"a header of Retrograd included the consumer's ${path}\"\n")
    endforeach()
  endforeach()
  file(WRITE ${folder}/version "#error \"a header of Retrograd included the consumer's version\"\n")
endfunction()

# check_relocatable(prefix folder…): nothing installed names one of the folders.
function(check_relocatable prefix)
  file(GLOB_RECURSE written ${prefix}/*.cmake ${prefix}/*.pc ${prefix}/*.h)
  foreach(file IN LISTS written)
    file(READ ${file} text)
    foreach(folder IN LISTS ARGN)
      string(FIND "${text}" "${folder}/" at)
      if(NOT at EQUAL -1)
        message(FATAL_ERROR "${file} names ${folder}, so the package cannot be moved")
      endif()
    endforeach()
  endforeach()
endfunction()
