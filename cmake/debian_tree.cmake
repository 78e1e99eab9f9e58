# cpack runs this between installing and packing. It makes each component's tree
# comply with Debian's policy.
cmake_minimum_required(VERSION 3.25)

function(run)
  execute_process(COMMAND ${ARGV} COMMAND_ERROR_IS_FATAL ANY)
endfunction()

# Writes the two changelogs of a package whose version has a Debian revision.
function(write_changelogs folder package)
  execute_process(
    COMMAND date --utc --rfc-email --date=${CPACK_DYNAMODOWN_DATE}
    OUTPUT_VARIABLE date OUTPUT_STRIP_TRAILING_WHITESPACE
    COMMAND_ERROR_IS_FATAL ANY)
  set(version ${CPACK_PACKAGE_VERSION}-${CPACK_DEBIAN_PACKAGE_RELEASE})
  file(CONFIGURE OUTPUT ${folder}/changelog.Debian @ONLY CONTENT
"@package@ (@version@) unstable; urgency=medium

  * DynamoDOWN @CPACK_PACKAGE_VERSION@: see changelog.gz.

 -- @CPACK_PACKAGE_CONTACT@  @date@
")
  configure_file(${CPACK_DYNAMODOWN_SOURCE_DIR}/CHANGELOG.md
    ${folder}/changelog COPYONLY)
  run(gzip -9n ${folder}/changelog ${folder}/changelog.Debian)
endfunction()

foreach(component IN LISTS CPACK_COMPONENTS_ALL)
  set(tree ${CPACK_TEMPORARY_INSTALL_DIRECTORY}/${component})
  set(usr ${tree}/usr)
  string(TOUPPER ${component} upper)
  set(package ${CPACK_DEBIAN_${upper}_PACKAGE_NAME})
  set(documents ${usr}/share/doc/${package})

  # The library's documents were installed in the folder named after the
  # project.
  if(component STREQUAL dev)
    file(RENAME ${usr}/share/doc/dynamodown ${documents})
  endif()
  file(REMOVE ${documents}/LICENSE)
  configure_file(${CPACK_DYNAMODOWN_SOURCE_DIR}/LICENSE
    ${documents}/copyright COPYONLY)
  write_changelogs(${documents} ${package})

  file(GLOB pages ${usr}/share/man/man*/*)
  if(pages)
    run(gzip -9n ${pages})
  endif()

  # Strip like dh_strip.
  set(no_notes --remove-section=.comment --remove-section=.note)
  file(GLOB programs ${usr}/bin/*)
  if(programs)
    run(${CPACK_DYNAMODOWN_STRIP} --strip-unneeded ${no_notes} ${programs})
  endif()
  file(GLOB_RECURSE libraries ${usr}/lib/*.a)
  if(libraries)
    run(${CPACK_DYNAMODOWN_STRIP} --strip-debug --enable-deterministic-archives
      ${no_notes} ${libraries})
  endif()

  # The umask of the caller must not affect the package.
  run(chmod --recursive u=rwX,go=rX ${tree})
endforeach()
