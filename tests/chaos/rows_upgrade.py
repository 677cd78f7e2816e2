# SPDX-License-Identifier: MIT
"""Two releases on one database: the schema is brought up to date under load, and each of them does the work in turn."""

import os
import subprocess
import time

from rows import Skipped, row
from stack import ROOT, clean_env

OLDER = os.environ.get("LEOPAY_OLDER")                      # a revision of this repository


def build_older(folder):
    """Builds the programs of that revision; returns where they are."""
    tree, build = os.path.join(folder, "tree"), os.path.join(folder, "build")
    os.makedirs(tree)
    archive = subprocess.Popen(["git", "-C", ROOT, "archive", OLDER], stdout=subprocess.PIPE)
    subprocess.run(["tar", "-x", "-C", tree], stdin=archive.stdout, check=True)
    if archive.wait():
        raise Skipped(f"git knows no revision {OLDER}")
    for command in (["cmake", "-G", "Ninja", "-S", tree, "-B", build, "-DCMAKE_BUILD_TYPE=RelWithDebInfo"],
                    ["cmake", "--build", build, "--target", "leopayd", "leopayctl"]):
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return build


@row(trials=8)
def upgrade(run):
    """An older release and this one on one database: migrated under load, then either alone, both, and back again."""
    if not OLDER:
        raise Skipped("--older REVISION says which release is to be upgraded")
    build = build_older(run.folder())
    postgres = run.postgres()
    subprocess.run([f"{build}/leopayctl/leopayctl", "migrate"], check=True, stderr=subprocess.DEVNULL,
                   env=clean_env({"LEOPAY_DATABASE_URL": postgres.url()}))
    postgres.template = True
    world = run.world(postgres=postgres, start=False)
    before = schema_version(world)
    older = world.add_daemon(within=("sh", "-c", f"exec {build}/leopayd/leopayd"))
    load = run.load(world)
    load.start(6, 0.01)
    time.sleep(1)
    world.ctl("migrate")
    run.note(f"from schema {before} to {schema_version(world)}, {len(load.posts)} orders before")
    newer = world.add_daemon()
    for index in range(run.trials):
        time.sleep(run.rng.uniform(0.3, 1))
        if index % 2:
            world.kill(newer)
            newer = world.restart(newer)
        else:
            world.kill(older)
            older = world.restart(older)
        run.count()
    world.wait_ready(older)
    load.stop()
    load.pay_unheard(run.rng)
    run.judge(world, load)


def schema_version(world):
    return world.sql("SELECT max(version) FROM leopay.schema_versions")[0][0]
