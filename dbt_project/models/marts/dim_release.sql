select
    receipt_id,
    release_id,
    dataset,
    source,
    source_file,
    cast(published_on as date) as published_on,
    known_from,
    received_at,
    cast(rows_read as {{ dbt.type_bigint() }}) as rows_read,
    cast(rows_loaded as {{ dbt.type_bigint() }}) as rows_loaded,
    cast(rows_refused as {{ dbt.type_bigint() }}) as rows_refused,
    cast(rows_out_of_scope as {{ dbt.type_bigint() }}) as rows_out_of_scope,
    is_seed
from {{ ref('stg_published__releases') }}
