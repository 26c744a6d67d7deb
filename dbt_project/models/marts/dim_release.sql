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
    is_seed,
    revision_note
from {{ ref('stg_published__releases') }}

union all

select
    receipt_id,
    return_name || '_' || period as release_id,
    return_name as dataset,
    return_name as source,
    source_file,
    cast(received_at as date) as published_on,
    received_at as known_from,
    received_at,
    rows_read,
    rows_read as rows_loaded,
    cast(0 as {{ dbt.type_bigint() }}) as rows_refused,
    cast(0 as {{ dbt.type_bigint() }}) as rows_out_of_scope,
    false as is_seed,
    cast(null as {{ dbt.type_string() }}) as revision_note
from {{ ref('stg_returns__receipts') }}
