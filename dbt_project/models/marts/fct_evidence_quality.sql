with coverage as (

    select
        metric_id,
        level,
        geography_code,
        sum(is_shown) as periods_held,
        count(*) as periods_possible,
        max(case when is_shown = 1 then period_end end) as latest_period_end
    from {{ ref('int_evidence__coverage') }}
    group by metric_id, level, geography_code

),

-- The newest period that any area of a level has, and how many areas have it.
newest as (

    select
        metric_id,
        level,
        sum(is_shown) as areas_held,
        count(*) as areas_possible,
        max(period_end) as newest_period_end
    from {{ ref('int_evidence__coverage') }}
    where age = 1
    group by metric_id, level

),

figures as (

    select
        metric_id,
        geography_code,
        count(*) as figures_held,
        sum(case when status = 'suppressed' then 1 else 0 end) as figures_suppressed,
        sum(case when status = 'shown' then 0 else 1 end) as figures_not_shown
    from {{ ref('fct_metric') }}
    where known_to is null and statistical_status <> 'management_information'
    group by metric_id, geography_code

),

revisions as (

    select
        metric_id,
        geography_code,
        count(*) as revisions
    from {{ ref('fct_revision') }}
    where statistical_status <> 'management_information'
    group by metric_id, geography_code

),

datasets as (

    select distinct
        metric_id,
        source,
        dataset
    from {{ ref('fct_metric') }}
    where known_to is null and statistical_status <> 'management_information'

),

releases as (

    select
        datasets.metric_id,
        max(releases.published_on) as latest_release_on
    from datasets
    inner join {{ ref('dim_release') }} as releases
        on datasets.source = releases.source and datasets.dataset = releases.dataset
    group by datasets.metric_id

),

-- When more is to come: what the first of the metric's publications that says so announces.
announced as (

    select
        datasets.metric_id,
        sources.next_release,
        row_number() over (partition by datasets.metric_id order by sources.priority, sources.source) as place
    from datasets
    inner join {{ ref('dim_source') }} as sources on datasets.source = sources.source
    where sources.next_release is not null

)

select
    coverage.metric_id,
    coverage.geography_code,
    cast(coverage.periods_held as {{ dbt.type_int() }}) as periods_held,
    cast(coverage.periods_possible as {{ dbt.type_int() }}) as periods_possible,
    coverage.latest_period_end,
    newest.newest_period_end,
    cast(newest.areas_held as {{ dbt.type_int() }}) as areas_held,
    cast(newest.areas_possible as {{ dbt.type_int() }}) as areas_possible,
    releases.latest_release_on,
    announced.next_release,
    cast(coalesce(revisions.revisions, 0) as {{ dbt.type_int() }}) as revisions,
    cast(coalesce(figures.figures_held, 0) as {{ dbt.type_int() }}) as figures_held,
    cast(coalesce(figures.figures_suppressed, 0) as {{ dbt.type_int() }}) as figures_suppressed,
    cast(coalesce(figures.figures_not_shown, 0) as {{ dbt.type_int() }}) as figures_not_shown,
    case
        when figures.figures_held > 0 then 100.0 * figures.figures_suppressed / figures.figures_held
    end as suppressed_percent
from coverage
left join newest on coverage.metric_id = newest.metric_id and coverage.level = newest.level
left join figures on coverage.metric_id = figures.metric_id and coverage.geography_code = figures.geography_code
left join revisions
    on coverage.metric_id = revisions.metric_id and coverage.geography_code = revisions.geography_code
left join releases on coverage.metric_id = releases.metric_id
left join announced on coverage.metric_id = announced.metric_id and announced.place = 1
