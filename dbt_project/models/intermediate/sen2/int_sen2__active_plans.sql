-- Plans in force on census day, with the setting of each and the latest review.
with settings as (

    select
        placements.submission_id,
        placements.activeplanstableid,
        min(
            case
                when schools.phase = 'special' then 'special_all'
                when schools.phase = 'alternative_provision' then 'ap_all'
                when schools.phase is not null then 'mainstream_all'
                when placements.urn is not null then 'unknown'
                when placements.ukprn is not null then 'fe_all'
                else case placements.sensetting
                    when 'OLA' then 'elsewhere_other_la'
                    when 'OPA' then 'elsewhere_other_parents'
                    when 'EHE' then 'elsewhere_home_education'
                    when 'EYP' then 'early_years_non_maintained'
                    when 'OTH' then 'elsewhere_other_settings'
                    when 'NEET' then 'neet'
                    when 'NIEC' then 'not_in_education_notice_to_cease'
                    when 'NIEO' then 'not_in_education_other'
                    else 'unknown'
                end
            end
        ) as placement
    from {{ ref('stg_sen2__placements') }} as placements
    left join {{ ref('stg_geography__schools') }} as schools on placements.urn = schools.urn
    where placements.placementrank = 1 and placements.leavingdate is null
    group by placements.submission_id, placements.activeplanstableid

),

-- The plan itself: the one issued last, when a request led to more than one.
plans as (

    select
        submission_id,
        requeststableid,
        max(startdate) as startdate,
        max(case when has_personal_budget then 1 else 0 end) = 1 as has_personal_budget,
        min(birth_month) as birth_month,
        min(sex) as sex,
        min(free_school_meals) as free_school_meals,
        min(primary_need) as primary_need
    from {{ ref('int_sen2__plans') }}
    where ceasedate is null or ceasedate > reference_date
    group by submission_id, requeststableid

),

active as (

    select
        active_plans.submission_id,
        active_plans.activeplanstableid,
        submissions.geography_code,
        submissions.is_current,
        submissions.reference_date,
        submissions.year_start,
        submissions.year_end,
        active_plans.reviewmeeting,
        plans.startdate,
        coalesce(plans.has_personal_budget, false) as has_personal_budget,
        coalesce(plans.sex, 'unknown') as sex,
        {{ years_between('plans.birth_month', 'submissions.reference_date') }} as age,
        coalesce(plans.free_school_meals, 'unknown') as free_school_meals,
        coalesce(plans.primary_need, 'unknown') as primary_need,
        coalesce(settings.placement, 'unknown') as placement
    from {{ ref('stg_sen2__active_plans') }} as active_plans
    inner join {{ ref('int_returns__submissions') }} as submissions
        on active_plans.submission_id = submissions.submission_id
    left join plans
        on
            active_plans.submission_id = plans.submission_id
            and active_plans.requeststableid = plans.requeststableid
    left join settings
        on
            active_plans.submission_id = settings.submission_id
            and active_plans.activeplanstableid = settings.activeplanstableid

)

select
    submission_id || ' ' || activeplanstableid as plan_id,
    submission_id,
    geography_code,
    is_current,
    reference_date as period_start,
    reference_date as period_end,
    year_start,
    year_end,
    reviewmeeting,
    startdate,
    sex,
    {{ age_band('age') }} as age_band,
    free_school_meals,
    primary_need,
    placement,
    has_personal_budget,
    placement = 'mainstream_all' as in_mainstream,
    coalesce(age between 5 and 15, false) as of_compulsory_age,
    coalesce(age between 5 and 15, false)
    and placement in ('not_in_education_notice_to_cease', 'not_in_education_other') as of_compulsory_age_not_in_education
from active
