{# What the semantic layer (models/metrics/*.yml) holds, read from dbt's graph, which is there only at execution. #}

{# The models that semantic models stand on. At parsing the graph is empty, so the caller gives their names:
   pipelines/defs/dbt_build.py reads them from the same files. #}
{% macro measured_models() %}
    {{ return(env_var('INCLUSION_MEASURED_MODELS').split(',')) }}
{% endmacro %}

{# Semantic models by name. #}
{% macro semantic_models() %}
    {% set found = {} %}
    {% for model in graph.semantic_models.values() | sort(attribute='name') %}
        {% do found.update({model.name: model}) %}
    {% endfor %}
    {{ return(found) }}
{% endmacro %}

{# Measure → its semantic model. #}
{% macro models_by_measure() %}
    {% set found = {} %}
    {% for model in semantic_models().values() %}
        {% for measure in model.measures %}
            {% do found.update({measure.name: model}) %}
        {% endfor %}
    {% endfor %}
    {{ return(found) }}
{% endmacro %}

{# The metrics of the catalogue (those with a family; dbt makes one of every measure besides), each as
   {id, node, meta, numerator, denominator, model, breakdowns}. Refuses what could not be computed right. #}
{% macro catalogue_metrics() %}
    {% set models = models_by_measure() %}
    {% set found = [] %}
    {% for node in graph.metrics.values() | sort(attribute='name') if node.config.meta.get('family') %}
        {% set meta = node.config.meta %}
        {% if node.type not in ('ratio', 'simple') or node.filter %}
            {{ exceptions.raise_compiler_error(node.name ~ ': only simple metrics and ratios without a filter are compiled; make the condition a column of the fact') }}
        {% endif %}
        {% set numerator = node.type_params.numerator.name if node.type == 'ratio' else node.type_params.measure.name %}
        {% set denominator = node.type_params.denominator.name if node.type == 'ratio' else none %}
        {% for name in [numerator, denominator] if name and name not in models %}
            {{ exceptions.raise_compiler_error(node.name ~ ': there is no measure ' ~ name) }}
        {% endfor %}
        {% set model = models[numerator] %}
        {% if denominator %}
            {% set other = models[denominator] %}
            {% for part in ('return', 'period_type', 'geography_basis') if model.config.meta[part] != other.config.meta[part] %}
                {{ exceptions.raise_compiler_error(node.name ~ ': numerator and denominator differ in ' ~ part ~ '; one would be divided by the other of another time or place') }}
            {% endfor %}
        {% endif %}
        {% for pair in meta.breakdowns %}
            {% for breakdown in pair.split('*') %}
                {% for name in [numerator, denominator] if name %}
                    {% if breakdown not in models[name].dimensions | map(attribute='name') %}
                        {{ exceptions.raise_compiler_error(node.name ~ ': ' ~ models[name].name ~ ' has no breakdown ' ~ breakdown) }}
                    {% endif %}
                {% endfor %}
            {% endfor %}
        {% endfor %}
        {% do found.append({
            'id': node.name, 'node': node, 'meta': meta, 'model': model,
            'numerator': numerator, 'denominator': denominator, 'breakdowns': meta.breakdowns,
        }) %}
    {% endfor %}
    {{ return(found) }}
{% endmacro %}

{# The breakdowns that some of these metrics ask of a semantic model, each one dimension or two (`sex*age_band`). #}
{% macro breakdowns_of(model, metrics) %}
    {% set own = model.measures | map(attribute='name') | list %}
    {% set found = [] %}
    {% for metric in metrics if metric.numerator in own or metric.denominator in own %}
        {% for pair in metric.breakdowns if pair not in found %}
            {% do found.append(pair) %}
        {% endfor %}
    {% endfor %}
    {{ return(found | sort) }}
{% endmacro %}

{# Text as an SQL literal, null when there is none. #}
{% macro literal(value) -%}
    {%- if value is none -%}null{%- else -%}'{{ value | string | replace("'", "''") }}'{%- endif -%}
{%- endmacro %}
