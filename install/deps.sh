#!/bin/sh
# Installs what Saltwell needs to build, to run its demo and to be checked.
#
#   install/deps.sh [build|demo|check|lint|bench|versions|load|medallion|packages|arm64|all]…     (default: all)
#
# Silent and successful when nothing is missing. As root it installs Debian packages; otherwise it
# prints the exact command and exits 1. On another system it names what is missing and exits 1.
set -eu

# One line per need: group, how to see that it is there, Debian package.
#   cmd:NAME   a command on the PATH. Used where a tool often comes from elsewhere (node, python).
#   file:PATH  a file, by a shell pattern.
#   pkg:NAME   a library that pkg-config knows.
#   py:NAME    a module of python3.
#   cc:FLAGS   the C compiler links an empty program with these flags.
needs() {
	cat <<'EOF'
build cmd:cc gcc
build cc: libc6-dev
build cmd:make make
build cmd:pkg-config pkg-config
build pkg:libzstd libzstd-dev
build pkg:libxxhash libxxhash-dev
demo cmd:zstd zstd
demo cmd:npm npm
demo cmd:node nodejs
demo file:/etc/ssl/certs/ca-certificates.crt ca-certificates
check cmd:clang clang
check clang:-fsanitize=address @clang-runtime
check cc:-lcriterion libcriterion-dev
check cmd:python3 python3
check py:ensurepip python3-venv
check cmd:zstd zstd
check cmd:curl curl
check cmd:git git
check cmd:valgrind valgrind
check cmd:chromium chromium
check cmd:chromedriver chromium-driver
medallion file:/usr/lib/postgresql/*/bin/initdb postgresql
medallion cmd:psql postgresql-client
medallion cmd:curl curl
lint cmd:python3 python3
lint cmd:clang-format clang-format
lint cmd:cppcheck cppcheck
lint cmd:shellcheck shellcheck
lint py:pip python3-pip
bench cmd:valgrind valgrind
bench cmd:python3 python3
versions cmd:python3 python3
versions py:pip python3-pip
load cmd:psql postgresql-client
load file:/usr/lib/postgresql/*/bin/initdb postgresql
load cmd:javac default-jdk-headless
load cmd:mvn maven
packages cmd:dpkg-deb dpkg
packages cmd:lintian lintian
packages cmd:rpmbuild rpm
arm64 cmd:aarch64-linux-gnu-gcc gcc-aarch64-linux-gnu
arm64 file:/usr/aarch64-linux-gnu/include/stdio.h libc6-dev-arm64-cross
arm64 cmd:qemu-aarch64 qemu-user
arm64 file:/usr/lib/aarch64-linux-gnu/libzstd.a libzstd-dev:arm64
arm64 file:/usr/lib/aarch64-linux-gnu/libxxhash.a libxxhash-dev:arm64
EOF
}


empty_program='int main(void) { return 0; }'

is_there() {
	what=${1#*:}
	case $1 in
	cmd:*) command -v "$what" >/dev/null 2>&1 ;;
	file:*) ls -d $what >/dev/null 2>&1 ;;
	pkg:*) pkg-config --exists "$what" 2>/dev/null ;;
	py:*) python3 -c "import $what" 2>/dev/null ;;
	# The flag has to follow the source, or the linker drops the library.
	cc:*) echo "$empty_program" | cc -x c - -o /dev/null ${what:+"$what"} 2>/dev/null ;;
	clang:*) echo "$empty_program" | clang -x c - -o /dev/null "$what" 2>/dev/null ;;
	esac
}

# The sanitizers of Debian's clang come in a package named after its version.
package_name() {
	if [ "$1" != @clang-runtime ]; then
		echo "$1"
		return
	fi
	version=$(clang -dumpversion 2>/dev/null | cut -d. -f1)
	[ -n "$version" ] ||
		version=$(apt-cache depends clang 2>/dev/null | sed -n 's/.*Depends: clang-\([0-9]*\)$/\1/p')
	echo "libclang-rt-${version:-14}-dev"
}

# The missing packages of the groups given, one per line.
missing() {
	needs | while read -r group test package; do
		case " $1 " in
		*" $group "* | *" all "*)
			# Another architecture's packages only where they are asked for.
			[ "$group $1" = "arm64 all" ] || is_there "$test" || package_name "$package" ;;
		esac
	done | sort -u
}

groups=${*:-all}
for group in $groups; do
	case $group in
	build | demo | check | lint | bench | versions | load | medallion | packages | arm64 | all) ;;
	*)
		echo "deps.sh: unknown group '$group'" >&2
		echo "usage: install/deps.sh [build|demo|check|lint|bench|versions|load|medallion|packages|arm64|all]..." >&2
		exit 2
		;;
	esac
done

packages=$(missing "$groups" | tr '\n' ' ')
packages=${packages% }
[ -n "$packages" ] || exit 0

# Libraries of another architecture come from its own list of packages.
case $packages in *:arm64*) foreign=arm64 ;; *) foreign= ;; esac
if ! command -v apt-get >/dev/null 2>&1; then
	echo "deps.sh: missing (by their Debian names): $packages" >&2
	echo "deps.sh: install their counterparts with this system's package manager" >&2
	exit 1
fi
if [ "$(id -u)" != 0 ]; then
	echo "deps.sh: missing packages; install them with" >&2
	[ -z "$foreign" ] || echo "  sudo dpkg --add-architecture $foreign && sudo apt-get update" >&2
	echo "  sudo apt-get install -y --no-install-recommends $packages" >&2
	exit 1
fi

export DEBIAN_FRONTEND=noninteractive
step=$(dirname "$0")/step.sh
echo "Debian packages that are missing:"
echo "$packages" | fold -s -w 76 | sed 's/^/  /'
[ -z "$foreign" ] || dpkg --add-architecture "$foreign"
# Word splitting is wanted: one argument per package.
# shellcheck disable=SC2086
if ! { "$step" 'reading the list of packages' apt-get -q update &&
	"$step" 'installing them: some seconds each' apt-get -q install -y --no-install-recommends $packages; }; then
	echo "deps.sh: apt-get failed" >&2
	exit 1
fi
left=$(missing "$groups" | tr '\n' ' ')
[ -z "$left" ] || {
	echo "deps.sh: still missing after the installation: $left" >&2
	exit 1
}
