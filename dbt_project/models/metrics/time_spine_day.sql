-- MetricFlow asks for a table of days; the metrics here are counted by period and read none of them.
select cast('2020-01-01' as date) as date_day
