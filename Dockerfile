# CPU:   docker build -t ivaegan .
# CUDA:  docker build -t ivaegan-cuda --build-arg JAX='jax[cuda13]' .   (run with --gpus all)
# Use:   docker run --rm -u "$(id -u)" -v "$PWD:/data" ivaegan compare --data=mine.npz --workdir=runs/mine
FROM python:3.13-slim

ARG JAX=jax
COPY pyproject.toml requirements.txt README.md LICENSE /opt/ivaegan/
COPY ivaegan_jax /opt/ivaegan/ivaegan_jax
RUN pip install --no-cache-dir "${JAX}>=0.10,<0.13" /opt/ivaegan \
    && useradd --create-home --uid 1000 user

USER 1000
WORKDIR /data
ENTRYPOINT ["ivaegan"]
CMD ["--help"]
