# Recipe of jury for Spack: spack repo add <a repository with this folder in packages/>, then spack install jury.
from spack.package import *


class Jury(CMakePackage):
    """Trains, cross-validates, searches and combines many models on CPU clusters: one experiment file in, one HDF5 file out."""

    # Where the sources come from is for the site to say: spack install jury with `spack develop -p <clone> jury@main`.
    maintainers = []
    license("MIT")

    version("main", branch="main")
    version("0.1.0")

    variant("xgboost", default=False, description="Boosted trees")

    depends_on("c", type="build")
    depends_on("cxx", type="build")
    depends_on("cmake@3.25:", type="build")
    depends_on("ninja", type="build")
    depends_on("pkgconfig", type=("build", "link"))
    depends_on("mpi")
    depends_on("hdf5@1.10:~mpi")
    depends_on("onednn@2.6:3 cpu_runtime=omp")
    depends_on("boost@1.74:+program_options+math+random")
    depends_on("nlohmann-json@3.11:")
    depends_on("fmt@9:")
    depends_on("spdlog@1.10: +fmt_external")
    depends_on("tomlplusplus@3.2:")
    depends_on("eigen@3.4:3")
    depends_on("nlopt@2.7:")
    depends_on("highway@1:")
    depends_on("xxhash@0.8:")
    depends_on("zlib-api")
    depends_on("xgboost@1.7:", when="+xgboost")

    conflicts("%gcc@:11", msg="jury is written in C++20 as g++ 12 reads it")

    generator("ninja")

    def cmake_args(self):
        return [
            self.define("BUILD_TESTING", False),
            self.define("CMAKE_UNITY_BUILD", True),
            self.define_from_variant("JURY_XGBOOST", "xgboost"),
        ]

    @run_after("install")
    @on_package_attributes(run_tests=True)
    def check_install(self):
        jury = Executable(self.prefix.bin.jury)
        jury("version")
        jury("validate", join_path(self.prefix.share, "jury", "examples", "digits.toml"))
