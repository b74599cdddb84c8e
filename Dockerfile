# syntax=docker/dockerfile:1
# Two images for compose.yaml: `annotator` has the commands, `label-studio` the commands and the server.
# The server is installed from the list in the package, the one that the tests run against.

FROM python:3.12.14-slim-bookworm AS build
ENV VIRTUAL_ENV=/opt/annotator UV_LINK_MODE=copy UV_PYTHON_DOWNLOADS=never
WORKDIR /src
COPY requirements.lock ./
# uv is one of the packages of the lock: pip fetches it, by its hashes, and uv the others
RUN --mount=type=cache,target=/root/.cache/uv \
    sed -n '/^uv==/,/[^\\]$/p' requirements.lock > /tmp/uv.txt \
    && pip install --no-cache-dir --disable-pip-version-check --require-hashes --no-deps -r /tmp/uv.txt \
    && uv venv --python /usr/local/bin/python3 "$VIRTUAL_ENV" \
    && uv pip install --require-hashes --no-deps -r requirements.lock
COPY pyproject.toml hatch_build.py README.md LICENSE NOTICE ./
COPY annotator annotator/
COPY fixtures/articles fixtures/articles/
# What only development needs goes again, and two packages that label-studio-sdk declares and that we never import
# (200 MB). `sync --offline` can only remove: all that stays was checked against the lock.
RUN --mount=type=cache,target=/root/.cache/uv \
    "$VIRTUAL_ENV/bin/python" -m hatchling build -t wheel -d /tmp/wheel \
    && printf "%s ; python_version < '3'\n" minisbd opencv-python-headless pandas > /tmp/never.txt \
    && uv pip compile --quiet --constraint requirements.lock --overrides /tmp/never.txt --extra fast --extra parquet \
        --output-file /tmp/used.txt pyproject.toml \
    && uv pip sync --offline /tmp/used.txt \
    && uv pip install --offline --no-deps /tmp/wheel/*.whl \
    && "$VIRTUAL_ENV/bin/python" -m compileall -q "$VIRTUAL_ENV/lib"

FROM build AS server
RUN --mount=type=cache,target=/root/.cache/uv \
    "$VIRTUAL_ENV/bin/annotator" serve --install --data-dir /opt \
    && /opt/label-studio-env/bin/python -m compileall -q /opt/label-studio-env/lib

FROM python:3.12.14-slim-bookworm AS annotator
ARG UID=1000
# apertium translates French and Spanish without a model. Debian keeps one version of it, so none is named.
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install -y --no-install-recommends apertium apertium-fr-es apertium-eng-spa \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --uid "$UID" --create-home annotator \
    && install -d -o annotator -g annotator /data /server /work /backup
COPY --from=build /opt/annotator /opt/annotator
# Nothing is written but to volumes and /tmp: compose.yaml makes the rest read-only.
ENV PATH=/opt/annotator/bin:$PATH ANNOTATOR_DATA_DIR=/data XDG_DATA_HOME=/data XDG_CACHE_HOME=/tmp XDG_CONFIG_HOME=/tmp
USER $UID
WORKDIR /work
ENTRYPOINT ["annotator"]
CMD ["--help"]

FROM annotator AS label-studio
COPY --from=server /opt/label-studio-env /opt/label-studio-env
ENV PATH=$PATH:/opt/label-studio-env/bin
EXPOSE 8080
# The first start makes the tables, which takes a minute, or several on a slow disk.
HEALTHCHECK --interval=15s --timeout=10s --start-period=10m --retries=4 CMD ["python", "-c", \
    "from urllib.request import *; build_opener(ProxyHandler({})).open('http://127.0.0.1:8080/health', timeout=8)"]
CMD ["serve", "--host", "0.0.0.0", "--port", "8080"]
