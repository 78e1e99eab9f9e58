"""Records how botocore, the core of the AWS command line, reads profile files.

    pip install botocore
    python3 botocore_profiles.py > botocore_profiles.json

Writes 250 random files with the spellings that people and tools use, and what
botocore finds in each. A file that botocore refuses is left out.
src/aws/profiles_reference_test.cc compares our parser with these answers. The
files avoid the differences that docs/decisions/0025-profile-files.md lists.
Every file has a section that counts.
"""
import json
import os
import random
import tempfile

from botocore import configloader
from botocore.exceptions import ConfigParseError

FILES = 250
NAMES = ["region", "output", "role_arn", "aws_access_key_id", "Region",
         "sso_start_url", "s3", "dynamodb", "credential_process"]
VALUES = ["eu-west-1", "https://kim.example/start#/?tab=1", "a:b=c", "x y",
          "get 'a # b' \"c ; d\"", "AKID+/=", "caf\u00e9", "x#y;z", "[x]", "it's",
          "%(region)s $HOME", "\"quoted\""]


class Writer:
    def __init__(self, seed):
        self.random = random.Random(seed)
        self.end = self.one_of(["\n", "\n", "\n", "\r\n", "\r"])

    def one_of(self, choices):
        return self.random.choice(choices)

    def one_in(self, n):
        return self.random.randrange(n) == 0

    def blanks(self):
        return self.one_of(["", "", " ", "  ", "\t", " \t", "\u00a0"])

    def noise(self):
        lines = []
        while self.one_in(3):
            lines.append(self.blanks() +
                         self.one_of(["", "", "# a = b", "; [c]", "#", "#x]"]))
        return lines

    def header(self, kind):
        name = self.one_of(["default", "dev", "two words", "A.b_c-d@e",
                            "caf\u00e9", "b\\ c", "it's", "DOMAIN\\kim"])
        if kind == "credentials":
            name = self.one_of(["default", "dev", "two words", "caf\u00e9",
                                "it's", "DEFAULT"])
            header = name
        else:
            quoted = self.one_of([name, name, f"'{name}'", f'"{name}"',
                                  name.replace("d", "'d'")])
            gap = self.one_of([" ", "  ", "\t"])
            header = self.one_of(
                ["default", "DEFAULT", "preview", "plugins", "[x",
                 f"profile{gap}{quoted}", f"profile{gap}{quoted}",
                 f"profile{gap}{quoted}", f"sso-session{gap}{quoted}",
                 f"services{gap}{quoted}", f"profile {quoted} more"])
        indent = self.one_of(["", "", "", " ", "\t"])
        behind = self.one_of(["", "", "# comment", " # comment", "\t; c", " x",
                              "x", "\u00a0"])
        return indent + "[" + header + "]" + behind

    def setting(self, indent):
        name = self.one_of(NAMES)
        sign = self.one_of(["=", "=", "=", "=", ":"])
        start = indent + name + self.blanks() + sign
        lines = []
        if self.one_in(4):  # settings within the setting
            lines.append(start + self.blanks())
            while not self.one_in(3):
                lines += self.noise()
                lines.append(indent + "  " + self.one_of(NAMES) +
                             self.blanks() + "=" + self.blanks() +
                             self.one_of(VALUES[:3] + ["", "x y"]))
            return lines
        lines.append(start + self.blanks() + self.one_of(VALUES))
        while self.one_in(5):
            lines += self.noise()
            lines.append(indent + "\t" + self.one_of(VALUES + ["[profile y]"]))
        return lines

    def file(self, kind):
        lines = self.noise()
        for _ in range(self.random.randrange(4)):
            lines.append(self.header(kind))
            indent = self.one_of(["", "", "", "  ", "\t"])
            for _ in range(self.random.randrange(5)):
                lines += self.noise() + self.setting(indent)
            lines += self.noise()
        return self.end.join(lines) + self.one_of(["", self.end])


def read(kind, path):
    raw = configloader.raw_config_parse(path)
    if kind == "credentials":
        return {"profiles": raw, "sso_sessions": {}, "services": {}}
    found = configloader.build_profile_map(raw)
    return {name: found[name]
            for name in ("profiles", "sso_sessions", "services")}


def main():
    rows = []
    seed = 0
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "file")
        while len(rows) < FILES:
            kind = "credentials" if seed % 4 == 0 else "config"
            text = Writer(seed).file(kind)
            seed += 1
            with open(path, "w", encoding="utf-8", newline="") as file:
                file.write(text)
            try:
                found = read(kind, path)
            except ConfigParseError:
                continue
            if not any(sections for sections in found.values()):
                continue
            rows.append({"kind": kind, "text": text, "found": found})
    print("[\n" + ",\n".join(json.dumps(row) for row in rows) + "\n]")


main()
