package io.pointsman.benchmarks.load;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// nginx as a plain reverse proxy with one worker: the floor, as it looks into nothing.
record Nginx(Path peers) implements Proxy {

    @Override
    public String name() {
        return "nginx";
    }

    @Override
    public Optional<String> missing() {
        return Shell.executable(binary(), "benchmarks/peers/install.sh nginx installs it");
    }

    private Path binary() {
        var installed = Path.of("/usr/sbin/nginx");
        return Files.isExecutable(installed) ? installed : peers.resolve("nginx/usr/sbin/nginx");
    }

    @Override
    public String version() throws IOException, InterruptedException {
        return Shell.output(binary().toString(), "-v").replaceAll(".*nginx/", "")
                + ", 1 worker, keep-alive both ways, proxy_buffering off";
    }

    @Override
    public Start start(Path folder, int port, int upstream) throws IOException {
        var configuration =
                """
                worker_processes 1;
                error_log %1$s/error.log;
                pid %1$s/nginx.pid;
                worker_rlimit_nofile 16384;
                events { worker_connections 8192; }
                http {
                    access_log off;
                    client_body_temp_path %1$s/body;
                    proxy_temp_path %1$s/proxy;
                    fastcgi_temp_path %1$s/fastcgi;
                    uwsgi_temp_path %1$s/uwsgi;
                    scgi_temp_path %1$s/scgi;
                    client_max_body_size 8m;
                    client_body_buffer_size 256k;
                    keepalive_requests 100000000;
                    keepalive_timeout 300s;
                    tcp_nodelay on;
                    upstream backend {
                        server 127.0.0.1:%3$d;
                        keepalive 4096;
                        keepalive_requests 100000000;
                        keepalive_timeout 300s;
                    }
                    server {
                        listen 127.0.0.1:%2$d backlog=4096;
                        location / {
                            proxy_pass http://backend;
                            proxy_http_version 1.1;
                            proxy_set_header Connection "";
                            proxy_buffering off;
                            proxy_read_timeout 300s;
                        }
                    }
                }
                """
                        .formatted(folder, port, upstream);
        var file = Files.writeString(folder.resolve("nginx.conf"), configuration);
        return new Start(
                List.of(binary().toString(), "-c", file.toString(), "-g", "daemon off;"),
                Map.of(),
                Map.of(),
                "auto",
                false);
    }
}
