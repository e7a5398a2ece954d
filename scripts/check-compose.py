#!/usr/bin/env python3
"""What must hold of docker-compose.yml, deploy/Dockerfile and the Redis configuration, checked without a container engine."""
import re
import subprocess
import sys
from pathlib import Path

try:
    import yaml
except ImportError:
    # Debian's python3-yaml belongs to Debian's interpreter; PATH may find another one first.
    if sys.executable != "/usr/bin/python3" and Path("/usr/bin/python3").exists():
        sys.exit(subprocess.run(["/usr/bin/python3", *sys.argv]).returncode)
    print("compose: PyYAML is not installed (python3-yaml), not checked")
    sys.exit(0)

ROOT = Path(__file__).resolve().parent.parent
PROCESSORS = ("document-processor", "audio-processor", "video-processor", "graph-processor")
OURS = ("migrate", *PROCESSORS, "retry-scheduler", "flotilla")
problems = []


def expect(condition, text):
    if not condition:
        problems.append(text)


def seconds(text):
    match = re.fullmatch(r"(\d+)(s|m)", str(text))
    return int(match[1]) * (60 if match[2] == "m" else 1) if match else 0


def megabytes(text):
    match = re.fullmatch(r"(\d+)(m|g)", str(text))
    return int(match[1]) * (1024 if match[2] == "g" else 1) if match else 0


class UniqueKeys(yaml.SafeLoader):
    """YAML says that keys are unique and PyYAML keeps the last one."""

    def construct_mapping(self, node, deep=False):
        keys = [key.value for key, _ in node.value if key.value != "<<"]
        for key in keys:
            expect(keys.count(key) == 1, f"line {node.start_mark.line + 1}: {key} stands there twice")
        return super().construct_mapping(node, deep)


compose = yaml.load((ROOT / "docker-compose.yml").read_text(), UniqueKeys)
services = compose["services"]
dockerfile = (ROOT / "deploy" / "Dockerfile").read_text()

expect("version" not in compose, "the top-level version key is obsolete")
for name in ("redis", "redis-cache", "postgres", *OURS):
    expect(name in services, f"service {name} is missing")

for name, service in services.items():
    def need(condition, text):
        expect(condition, f"{name}: {text}")

    need(service.get("mem_limit") and service.get("cpus") and service.get("pids_limit"), "limits of memory, processors and processes")
    need("ALL" in service.get("cap_drop", []), "cap_drop: [ALL]")
    need("no-new-privileges:true" in service.get("security_opt", []), "no-new-privileges")
    need(service.get("read_only") is True, "read_only root file system")
    need(not service.get("privileged"), "privileged")
    need("healthcheck" in service, "a health check, or one switched off on purpose")
    need(service.get("networks") == ["backend"], "network backend only")
    need(not service.get("ports"), "no published port")
    need(service.get("restart"), "a restart policy")
    image = service.get("image", "")
    need(":" in image, "an image with a tag")
    environment = service.get("environment", {})
    for key, value in environment.items():
        need(not (re.search(r"PASSWORD|SECRET|TOKEN|KEY", key) and not key.endswith("_FILE")), f"{key} is a secret in the environment")
        need("://" not in str(value) or not re.search(r"://[^/@]*:[^/@]+@", str(value)), f"{key} holds a password")
        if key.endswith("_FILE"):
            secret = str(value).removeprefix("/run/secrets/")
            need(secret in service.get("secrets", []), f"{key} names a secret that is not mounted")
    for secret in service.get("secrets", []):
        need(secret in compose["secrets"], f"secret {secret} is not declared")
    for dependency, condition in service.get("depends_on", {}).items():
        other = services.get(dependency, {})
        need(other, f"depends on {dependency}, which is not there")
        if condition["condition"] == "service_healthy":
            need("test" in other.get("healthcheck", {}), f"waits for the health of {dependency}, which has no health check")
    for volume in service.get("volumes", []):
        source = volume.split(":")[0]
        if source.startswith("./"):
            known = (ROOT / source).exists() or (ROOT / (source + ".example")).exists()
            need(known, f"{source} does not exist")
        else:
            need(source in compose["volumes"], f"volume {source} is not declared")
    for option in service.get("security_opt", []):
        if option.startswith("seccomp=./"):
            need((ROOT / option.removeprefix("seccomp=")).exists(), f"{option} does not exist")

for name in OURS:
    service = services[name]
    grace = int(service["environment"]["DRAIN_SECONDS"])
    expect(seconds(service.get("stop_grace_period")) > grace, f"{name}: stop_grace_period must exceed the drain of {grace} s")
    expect(service.get("init") is True, f"{name}: init, to reap children")
    expect(str(service.get("user", "")).split(":")[0] not in ("", "0", "root"), f"{name}: a user that is not root")
    program = (service.get("entrypoint") or service["command"])[0]
    expect(re.search(rf"\b{re.escape(program)}\b", dockerfile), f"{name}: the image holds no {program}")
for name in (*PROCESSORS, "retry-scheduler"):
    dependencies = services[name]["depends_on"]
    expect(dependencies["migrate"]["condition"] == "service_completed_successfully", f"{name}: waits for the migration")

for image in re.findall(r"^FROM (\S+)", dockerfile, re.M):
    expect(":" in image, f"Dockerfile: {image} has no tag")
last_user = re.findall(r"^USER (\S+)", dockerfile, re.M)[-1:]
expect(last_user and last_user[0].split(":")[0] not in ("0", "root"), "Dockerfile: ends as root")
expect("curl" not in re.sub(r"#.*|libcurl4\S*|no curl", "", dockerfile), "Dockerfile: curl in the image")
for script in re.findall(r"^COPY (?:--\S+ )?(\S+) ", dockerfile, re.M):
    expect(script.startswith("/") or (ROOT / script).exists(), f"Dockerfile: copies {script}, which does not exist")
catalog = (ROOT / "docs/configuration.md").read_text()
settings = set(re.findall(r"^\| `([A-Z_]+)` \|", catalog, re.M))
for name in OURS:
    for key in services[name]["environment"]:
        expect(key in settings or key.removesuffix("_FILE") in settings, f"{name}: {key} is no setting")
packages = {line.split()[1] for line in (ROOT / "scripts/packages.txt").read_text().splitlines() if line and not line.startswith("#")}
expect({"bubblewrap", "poppler-utils", "tesseract-ocr", "ffmpeg", "pocketsphinx"} <= packages, "packages.txt: the tools that read files")

redis = (ROOT / "deploy/redis/redis.conf").read_text()
for line in ("maxmemory-policy noeviction", "appendonly yes", "appendfsync everysec"):
    expect(re.search(rf"^{line}$", redis, re.M), f"redis.conf: {line}")


cache = (ROOT / "deploy/redis/redis-cache.conf").read_text()
for line in (r"maxmemory-policy volatile-lfu", r"appendonly no", r'save ""', r"aclfile \S+"):
    expect(re.search(rf"^{line}$", cache, re.M), f"redis-cache.conf: {line}")
limit = re.search(r"^maxmemory (\d+)mb$", cache, re.M)
expect(limit and int(limit[1]) * 4 <= megabytes(services["redis-cache"]["mem_limit"]) * 3, "redis-cache: mem_limit a third above maxmemory")
for name in OURS:
    url = services[name]["environment"].get("CACHE_REDIS_URL", "")
    expect("@redis-cache:" in url, f"{name}: the cache has a Redis of its own")
for name in (*PROCESSORS, "retry-scheduler"):
    expect(services[name]["depends_on"]["redis-cache"]["condition"] == "service_started", f"{name}: waits for no cache")
queues = re.findall(r"(?<= )~\S+", (ROOT / "deploy/redis/cache-users.acl.example").read_text())
expect(queues == ["~flotilla:production:*"], "cache-users.acl.example: the cache's keys alone")

for problem in problems:
    print(f"compose: {problem}")
if not problems:
    print(f"compose: {len(services)} services and the image keep the rules")
sys.exit(subprocess.run([sys.executable, str(ROOT / "scripts/seccomp-profile.py"), "check"]).returncode or bool(problems))
