-- One row a request. A record's name is where it ends in its spool; a request id is the client's to
-- choose and may come twice.
CREATE TABLE pointsman_requests (
    spool             uuid        NOT NULL,
    segment           bigint      NOT NULL,
    position          bigint      NOT NULL,
    received_at       timestamptz NOT NULL,
    request_id        text        GENERATED ALWAYS AS (record ->> 'id') STORED,
    tenant            text        GENERATED ALWAYS AS (record ->> 'tenant') STORED,
    model             text        GENERATED ALWAYS AS (record ->> 'model') STORED,
    route             text        GENERATED ALWAYS AS (record ->> 'route') STORED,
    rule              text        GENERATED ALWAYS AS (record ->> 'rule') STORED,
    policy            text        GENERATED ALWAYS AS (record ->> 'policy') STORED,
    outcome           text        GENERATED ALWAYS AS (record ->> 'outcome') STORED,
    prompt_tokens     bigint      GENERATED ALWAYS AS ((record ->> 'prompt_tokens')::bigint) STORED,
    cached_tokens     bigint      GENERATED ALWAYS AS ((record ->> 'cached_tokens')::bigint) STORED,
    completion_tokens bigint      GENERATED ALWAYS AS ((record ->> 'completion_tokens')::bigint) STORED,
    reasoning_tokens  bigint      GENERATED ALWAYS AS ((record ->> 'reasoning_tokens')::bigint) STORED,
    estimated         boolean     GENERATED ALWAYS AS ((record ->> 'estimated')::boolean) STORED,
    cost_usd          numeric     GENERATED ALWAYS AS ((record ->> 'cost_usd')::numeric) STORED,
    reasoner_cost_usd numeric     GENERATED ALWAYS AS ((record ->> 'reasoner_cost_usd')::numeric) STORED,
    ttft_ms           numeric     GENERATED ALWAYS AS ((record ->> 'ttft_ms')::numeric) STORED,
    time_to_answer_ms numeric     GENERATED ALWAYS AS ((record ->> 'time_to_answer_ms')::numeric) STORED,
    time_per_token_ms numeric     GENERATED ALWAYS AS ((record ->> 'time_per_token_ms')::numeric) STORED,
    duration_ms       numeric     GENERATED ALWAYS AS ((record ->> 'duration_ms')::numeric) STORED,
    record            jsonb       NOT NULL,
    PRIMARY KEY (spool, segment, position)
);

CREATE INDEX pointsman_requests_received_at ON pointsman_requests (received_at);
CREATE INDEX pointsman_requests_request_id ON pointsman_requests (request_id);

CREATE VIEW pointsman_attempts AS
SELECT r.spool,
       r.segment,
       r.position,
       r.request_id,
       r.received_at,
       a.number                                      AS attempt,
       a.call ->> 'pool'                             AS pool,
       a.call ->> 'backend'                          AS backend,
       a.call ->> 'model'                            AS model,
       a.call ->> 'outcome'                          AS outcome,
       (a.call ->> 'prompt_tokens')::bigint          AS prompt_tokens,
       (a.call ->> 'cached_tokens')::bigint          AS cached_tokens,
       (a.call ->> 'completion_tokens')::bigint      AS completion_tokens,
       (a.call ->> 'reasoning_tokens')::bigint       AS reasoning_tokens,
       (a.call ->> 'estimated')::boolean             AS estimated,
       (a.call ->> 'cost_usd')::numeric              AS cost_usd,
       (a.call ->> 'ttft_ms')::numeric               AS ttft_ms,
       (a.call ->> 'duration_ms')::numeric           AS duration_ms,
       coalesce((a.call ->> 'hedged')::boolean, false) AS hedged
FROM pointsman_requests r
         CROSS JOIN LATERAL jsonb_array_elements(r.record -> 'attempts') WITH ORDINALITY AS a (call, number);

-- Up to where each spool's records are here.
CREATE TABLE pointsman_positions (
    spool    uuid PRIMARY KEY,
    segment  bigint      NOT NULL,
    position bigint      NOT NULL,
    moved_at timestamptz NOT NULL DEFAULT now()
);
