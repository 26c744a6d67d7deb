with figures as (

    select
        period_type,
        period_start,
        period_end
    from {{ ref('stg_published__figures') }}
    union all
    select
        period_type,
        period_start,
        period_end
    from {{ ref('int_returns__figures') }}

),

periods as (

    select distinct
        period_type,
        period_start,
        period_end,
        cast(extract(year from period_start) as {{ dbt.type_string() }}) as start_year,
        cast(extract(year from period_end) as {{ dbt.type_string() }}) as end_year,
        extract(month from period_start) as start_month,
        extract(year from period_end) - extract(year from period_start) as years_crossed
    from figures

),

-- EES writes 2023/24 as 202324; a term belongs to the academic year that began in the September before it.
coded as (

    select
        periods.*,
        {{ month_name('start_month') }} as start_month_name,
        case
            when period_type = 'term' and start_month < 8
                then cast(extract(year from period_start) - 1 as {{ dbt.type_string() }}) || substr(start_year, 3, 2)
            when period_type = 'term'
                then start_year || substr(cast(extract(year from period_start) + 1 as {{ dbt.type_string() }}), 3, 2)
            when period_type in ('academic_year', 'financial_year') then start_year || substr(end_year, 3, 2)
            else end_year
        end as ees_time_period,
        case
            when period_type = 'term' and years_crossed > 0 then 'Autumn and spring'
            when start_month >= 8 then 'Autumn'
            when start_month < 4 then 'Spring'
            else 'Summer'
        end as term_name
    from periods

)

select
    period_type,
    period_start,
    period_end,
    case
        -- Three-year averages and the like.
        when years_crossed > 1 then start_year || ' to ' || end_year
        when period_type = 'academic_year' then start_year || '/' || substr(end_year, 3, 2)
        when period_type = 'financial_year' then start_year || '-' || substr(end_year, 3, 2)
        when period_type = 'january_census' then 'January ' || start_year
        when period_type = 'day'
            then cast(extract(day from period_start) as {{ dbt.type_string() }}) || ' ' || start_month_name || ' ' || start_year
        -- Reports of a year that does not follow the school year are told apart by the month they end in.
        when period_type = 'reporting_year' and extract(month from period_end) <> 8
            then 'Year to ' || {{ month_name('extract(month from period_end)') }} || ' ' || end_year
        when period_type = 'term'
            then term_name || case when years_crossed > 0 then ' terms ' else ' term ' end || substr(ees_time_period, 1, 4) || '/' || substr(ees_time_period, 5, 2)
        when period_type = 'month' then start_month_name || ' ' || start_year
        when period_type = 'quarter'
            then start_month_name || ' to ' || {{ month_name('extract(month from period_end)') }} || ' ' || end_year
        else end_year
    end as label,
    cast(period_end as {{ dbt.type_string() }}) || ' ' || cast(period_start as {{ dbt.type_string() }}) as sort_key,
    ees_time_period,
    case period_type
        when 'calendar_year' then 'Calendar year'
        when 'academic_year' then 'Academic year'
        when 'financial_year' then 'Financial year'
        when 'january_census' then 'January'
        when 'term' then term_name || ' term'
        when 'month' then start_month_name
        when 'day' then 'Day'
        when 'quarter' then 'Q' || cast(cast(floor((start_month + 2) / 3) as {{ dbt.type_int() }}) as {{ dbt.type_string() }})
        else 'Reporting year'
    end as ees_time_identifier
from coded
