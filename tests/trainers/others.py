"""Files that are no training configs: manifests, pipelines, deployments, settings of tools."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import yaml

COUNT = 200
WORDS = ("api", "web", "worker", "cache", "batch", "train", "model", "data", "report", "docs")


class Random:
    """Draws names, versions and numbers."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)

    def word(self) -> str:
        return self.random.choice(WORDS)

    def words(self, most: int = 4) -> list[str]:
        return self.random.sample(WORDS, self.random.randint(1, most))

    def version(self) -> str:
        return ".".join(str(self.random.randint(0, 20)) for _ in range(3))

    def number(self) -> int:
        return self.random.choice([1, 2, 5, 30, 100, 8080, 100_000])

    def share(self) -> float:
        return self.random.choice([0.0, 0.1, 0.5, 1e-4, 1.0])


def package_json(r: Random) -> dict[str, Any]:
    dependencies = {name: f"^{r.version()}" for name in r.words()}
    return {"name": r.word(), "version": r.version(), "dependencies": dependencies,
            "scripts": {name: f"run {name}" for name in r.words()}}  # fmt: skip


def cargo(r: Random) -> dict[str, Any]:
    return {"package": {"name": r.word(), "version": r.version(), "edition": "2021"},
            "dependencies": {name: r.version() for name in r.words()}}  # fmt: skip


def pyproject(r: Random) -> dict[str, Any]:
    return {"project": {"name": r.word(), "version": r.version(), "dependencies": r.words()},
            "tool": {"ruff": {"line-length": r.number()}}}  # fmt: skip


def workflow(r: Random) -> dict[str, Any]:
    steps = [{"name": name, "run": f"make {name}"} for name in r.words()]
    return {"name": r.word(), "on": {"schedule": [{"cron": "0 3 * * *"}], "push": None},
            "jobs": {r.word(): {"runs-on": "ubuntu-latest", "steps": steps}}}  # fmt: skip


def pipeline(r: Random) -> dict[str, Any]:
    return {"trigger": r.words(), "pool": {"vmImage": "ubuntu"},
            "steps": [{"script": f"make {name}"} for name in r.words()]}  # fmt: skip


def stages(r: Random) -> dict[str, Any]:
    jobs = {name: {"stage": r.word(), "script": r.words()} for name in r.words()}
    return {"stages": r.words(), "image": "python:3.11", **jobs}


def compose(r: Random) -> dict[str, Any]:
    ports = [f"{r.number()}:80"]
    return {"services": {name: {"image": name, "ports": ports} for name in r.words()},
            "volumes": dict.fromkeys(r.words())}  # fmt: skip


def deployment(r: Random) -> dict[str, Any]:
    container = {"name": r.word(), "image": f"{r.word()}:{r.version()}"}
    template = {"spec": {"containers": [container]}}
    return {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": r.word()},
            "spec": {"replicas": r.number(), "template": template}}  # fmt: skip


def cron_job(r: Random) -> dict[str, Any]:
    return {"apiVersion": "batch/v1", "kind": "CronJob", "metadata": {"name": r.word()},
            "spec": {"schedule": "0 * * * *", "template": {"steps": r.number()}}}  # fmt: skip


def chart_values(r: Random) -> dict[str, Any]:
    return {"replicaCount": r.number(), "image": {"repository": r.word(), "tag": r.version()},
            "resources": {"limits": {"cpu": r.share()}}, "model": {"name": r.word()}}  # fmt: skip


def site(r: Random) -> dict[str, Any]:
    return {"site_name": r.word(), "theme": {"name": r.word()}, "nav": r.words(),
            "plugins": r.words()}  # fmt: skip


def interface(r: Random) -> dict[str, Any]:
    paths = {f"/{name}": {"get": {"summary": name}} for name in r.words()}
    return {"openapi": "3.0.0", "info": {"title": r.word(), "version": r.version()},
            "paths": paths}  # fmt: skip


def json_schema(r: Random) -> dict[str, Any]:
    properties = {name: {"type": "number"} for name in r.words()}
    return {"$schema": "https://example.org/schema", "title": r.word(), "type": "object",
            "properties": properties, "required": r.words()}  # fmt: skip


def citation(r: Random) -> dict[str, Any]:
    return {"cff-version": "1.2.0", "title": r.word(), "version": r.version(),
            "authors": [{"name": name} for name in r.words()]}  # fmt: skip


def hooks(r: Random) -> dict[str, Any]:
    hook = {"repo": r.word(), "rev": r.version(), "hooks": [{"id": name} for name in r.words()]}
    return {"repos": [hook]}


def playbook(r: Random) -> list[Any]:
    return [{"hosts": r.word(), "tasks": [{"name": name} for name in r.words()]}]


def monitoring(r: Random) -> dict[str, Any]:
    jobs = [{"job_name": name, "scrape_interval": "15s"} for name in r.words()]
    return {"global": {"scrape_interval": "15s"}, "scrape_configs": jobs}


def environment(r: Random) -> dict[str, Any]:
    return {"name": r.word(), "channels": r.words(), "dependencies": r.words()}


def model_weights(r: Random) -> dict[str, Any]:
    return {"architectures": [r.word()], "hidden_size": r.number(), "model_type": r.word(),
            "hidden_dropout_prob": r.share(), "vocab_size": r.number()}  # fmt: skip


def generation(r: Random) -> dict[str, Any]:
    return {"do_sample": True, "temperature": r.share(), "max_length": r.number(),
            "top_p": r.share()}  # fmt: skip


def sampler(r: Random) -> dict[str, Any]:
    return {"_class_name": "SomeScheduler", "num_train_timesteps": r.number(),
            "beta_start": r.share(), "beta_end": r.share()}  # fmt: skip


def dataset(r: Random) -> dict[str, Any]:
    return {"path": r.word(), "train": "images/train", "val": "images/val",
            "nc": r.number(), "names": r.words()}  # fmt: skip


def table_models(r: Random) -> dict[str, Any]:
    return {"version": 2, "models": [{"name": name, "columns": r.words()} for name in r.words()]}


def service(r: Random) -> dict[str, Any]:
    return {"server": {"host": r.word(), "port": r.number()}, "optimizer": {"enabled": True},
            "trainer": r.word(), "logging": {"level": "INFO"}}  # fmt: skip


def monorepo(r: Random) -> dict[str, Any]:
    return {"version": 2, "updates": [{"package-ecosystem": name, "schedule": {"interval": "daily"}}
                                      for name in r.words()]}  # fmt: skip


KINDS: tuple[Callable[[Random], Any], ...] = (
    package_json, cargo, pyproject, workflow, pipeline, stages, compose, deployment, cron_job,
    chart_values, site, interface, json_schema, citation, hooks, playbook, monitoring, environment,
    model_weights, generation, sampler, dataset, table_models, service, monorepo,
)  # fmt: skip


def toml_of(data: Mapping[str, Any], table: str = "") -> Iterator[str]:
    """Yield the lines of nested mappings as TOML."""
    inner = {key: value for key, value in data.items() if isinstance(value, dict)}
    if table:
        yield f"[{table}]"
    for key, value in data.items():
        if key not in inner:
            yield f"{json.dumps(key)} = {json.dumps(value)}"
    for key, value in inner.items():
        yield from toml_of(value, f"{table}.{key}" if table else key)


def text_of(kind: Callable[[Random], Any], data: Any, seed: int) -> str:
    """Return a file's text, in a language that it may be written in."""
    if kind in (cargo, pyproject):
        return "\n".join(toml_of(data)) + "\n"
    return json.dumps(data, indent=2) if seed % 3 == 0 else yaml.safe_dump(data, sort_keys=False)


def others() -> Iterator[tuple[str, str]]:
    """Yield a name and a text for each of the files."""
    for seed in range(COUNT):
        kind = KINDS[seed % len(KINDS)]
        yield f"{kind.__name__}-{seed}", text_of(kind, kind(Random(seed)), seed // len(KINDS))
