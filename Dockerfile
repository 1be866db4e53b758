# The gateway's image. `make build` first: this copies what it made.
FROM eclipse-temurin:25-jre
ENV POINTSMAN_JAR=/opt/pointsman/pointsman-app.jar
COPY bin/ /opt/pointsman/bin/
COPY gateway/target/pointsman-app.jar /opt/pointsman/pointsman-app.jar
# ./pointsman.yaml is looked for here.
WORKDIR /etc/pointsman
# A number, so that a cluster can tell that it is not root.
USER 10001:10001
EXPOSE 8080 8081
ENTRYPOINT ["/opt/pointsman/bin/pointsman"]
CMD ["run"]
