# The static program and nothing else: no shell, no libraries, no user but a number.
#
#     bash .github/release/build.sh x86_64-unknown-linux-musl
#     docker build --build-arg FOLDER=target/release-of/x86_64-unknown-linux-musl/release --tag corpuslint .
#     docker run --rm --network none --read-only --user "$(id -u):$(id -g)" \
#         --volume "$PWD:/corpus:ro" corpuslint check
FROM scratch
ARG FOLDER
COPY --chmod=0755 ${FOLDER}/corpuslint /corpuslint
COPY LICENSE NOTICE /
# Whoever runs it names their own user, because a repository of another user is refused.
USER 65532:65532
WORKDIR /corpus
ENTRYPOINT ["/corpuslint"]
CMD ["check"]
