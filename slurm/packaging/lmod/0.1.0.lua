-- Module of jury for Lmod: copy to <modules>/jury/0.1.0.lua, and set root to the prefix of cmake --install.
help([[
jury trains, cross-validates, searches and combines many models on CPU clusters.
  jury help; man jury; man jury-experiment
Examples to copy: $JURY_EXAMPLES
]])
whatis("Name: jury")
whatis("Version: 0.1.0")
whatis("Description: distributed ensembles and hyperparameter search")

local root = os.getenv("JURY_ROOT") or pathJoin("/opt", "jury", myModuleVersion())
local libraries = pathJoin(root, "lib")
if not isDir(pathJoin(libraries, "pkgconfig")) then
  libraries = pathJoin(root, "lib", "x86_64-linux-gnu")
end

-- The MPI that jury was built with, and what else it needs: the site's own names.
-- depends_on("OpenMPI/4.1.6")

prepend_path("PATH", pathJoin(root, "bin"))
prepend_path("MANPATH", pathJoin(root, "share", "man"))
prepend_path("CMAKE_PREFIX_PATH", root)
prepend_path("PKG_CONFIG_PATH", pathJoin(libraries, "pkgconfig"))
setenv("JURY_EXAMPLES", pathJoin(root, "share", "jury", "examples"))
if myShellName() == "bash" then
  source_sh("bash", pathJoin(root, "share", "bash-completion", "completions", "jury"))
end
