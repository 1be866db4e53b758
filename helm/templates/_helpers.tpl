{{/* Names */}}
{{- define "pointsman.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 63 | trimSuffix "-" }}
{{- end }}

{{/* The release's name stands once, also where it names the chart already; room is left for suffixes. */}}
{{- define "pointsman.fullname" -}}
{{- if .Values.fullnameOverride }}
{{- .Values.fullnameOverride | trunc 52 | trimSuffix "-" }}
{{- else if contains (include "pointsman.name" .) .Release.Name }}
{{- .Release.Name | trunc 52 | trimSuffix "-" }}
{{- else }}
{{- printf "%s-%s" .Release.Name (include "pointsman.name" .) | trunc 52 | trimSuffix "-" }}
{{- end }}
{{- end }}

{{/* Labels; those of selectors never change between versions. */}}
{{- define "pointsman.selectorLabels" -}}
app.kubernetes.io/name: {{ include "pointsman.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/component: gateway
{{- end }}

{{- define "pointsman.labels" -}}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" | trunc 63 | trimSuffix "-" }}
{{ include "pointsman.selectorLabels" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/part-of: pointsman
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- end }}

{{- define "pointsman.image" -}}
{{- if .Values.image.digest -}}
{{ .Values.image.repository }}@{{ .Values.image.digest }}
{{- else -}}
{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}
{{- end -}}
{{- end }}

{{/* Refuses what could never start, with the way out. */}}
{{- define "pointsman.check" -}}
{{- if not (or .Values.auth.existingSecret .Values.auth.loopbackOnly) }}
{{- fail "\n\nauth.existingSecret names no Secret, and without keys the gateway answers nobody but its own machine.\n  1. pointsman keys create TENANT    (prints a key, and the line that lets it in)\n  2. kubectl create secret generic pointsman-keys --from-literal=keys='THAT LINE'\n  3. helm upgrade --install … --set auth.existingSecret=pointsman-keys\nTo try it without keys by kubectl port-forward: --set auth.loopbackOnly=true\n" }}
{{- end }}
{{- if .Values.backends }}
{{- if not .Values.pools }}
{{- fail "backends without pools: name the routes, for instance pools: {fast: [BACKEND], reasoner: [BACKEND]}" }}
{{- end }}
{{- if not .Values.policies }}
{{- fail "backends without policies: say at least where requests go, for instance policies: {default: fast}" }}
{{- end }}
{{- else if .Values.pools }}
{{- fail "pools without backends: name the backends too, or leave both empty for the bundled models" }}
{{- end }}
{{- if and .Values.persistence.existingClaim (or .Values.autoscaling.enabled (gt (int .Values.replicas) 1)) }}
{{- fail "persistence.existingClaim is for one replica: one process writes what the classifier learns, so leave replicas at 1 and autoscaling off, or leave the claim out" }}
{{- end }}
{{- $known := list }}
{{- range .Values.extraEnv }}
{{- $known = append $known .name }}
{{- end }}
{{- range $name, $backend := .Values.backends }}
{{- with dig "api-key" "env" "" $backend }}
{{- if not (or $.Values.envFrom (hasKey $.Values.upstreamKeys .) (has . $known)) }}
{{- fail (printf "backends.%s.api-key names the environment variable %s, which nothing sets: add upstreamKeys: {%s: {secretName: …, secretKey: …}}" $name . .) }}
{{- end }}
{{- end }}
{{- end }}
{{- end }}

{{/* pointsman.yaml */}}
{{- define "pointsman.config" -}}
{{- include "pointsman.check" . -}}
server:
  {{- $host := ternary "127.0.0.1" .Values.server.host .Values.auth.loopbackOnly }}
  {{- $drain := dict "timeout" (printf "%ds" (int .Values.shutdown.drainSeconds)) }}
  {{- toYaml (merge (dict "host" $host "drain" $drain) .Values.server) | nindent 2 }}
management:
  {{- toYaml .Values.management | nindent 2 }}
{{- if or .Values.auth.existingSecret .Values.auth.tenants }}
auth:
  {{- if .Values.auth.existingSecret }}
  keys-file: /etc/pointsman/keys/keys
  {{- end }}
  {{- with .Values.auth.tenants }}
  tenants:
    {{- toYaml . | nindent 4 }}
  {{- end }}
{{- end }}
{{- range $section := list "backends" "pools" "classifier" "learn" "ledger" "policies" }}
{{- with index $.Values $section }}
{{ $section }}:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}
{{- end }}
