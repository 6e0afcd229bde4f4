# A container image with one file in it. Build it, then serve a component of the host:
#
#   docker build -t berth .
#   docker run --rm -p 8080:8080 -v "$PWD/app.wasm:/app.wasm:ro" berth
#
# The production server, its state kept in a volume; `berth ctl docker://berthd /config` configures it:
#
#   docker run -d --name berthd -p 80:80 -v berth:/var/lib/berth -v "$PWD/apps:/apps:ro" \
#       --entrypoint /usr/sbin/berthd berth --no-daemon --log /dev/stderr

FROM docker.io/library/rust:1.95-bookworm AS build
# hadolint ignore=DL3008
RUN apt-get update && apt-get install -y --no-install-recommends make
WORKDIR /berth
# The engine takes minutes and changes seldom: it has a layer of its own.
COPY engine engine
COPY tools/setup tools/build-engine tools/
RUN tools/setup build && tools/build-engine
COPY . .
RUN make install STATIC=1 PREFIX=/usr DESTDIR=/image && rm -rf /image/usr/share /image/usr/lib
# What the user 65532 writes: state, the control socket, the cache of compiled code.
RUN mkdir -p /image/var/lib/berth /image/run/berth /image/var/cache/berth /image/tmp && \
    chown -R 65532:65532 /image/var/lib/berth /image/run/berth /image/var/cache/berth && chmod 1777 /image/tmp

FROM scratch
COPY --from=build /image/ /
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/
USER 65532:65532
ENV XDG_CACHE_HOME=/var/cache
ENV PATH=/usr/bin:/usr/sbin
EXPOSE 8080
ENTRYPOINT ["/usr/bin/berth"]
CMD ["serve", "--addr", "0.0.0.0:8080", "/app.wasm"]
