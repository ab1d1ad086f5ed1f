"""A newsroom's site that warns each reader of the law that can reach them.

Sources become one checked, immutable Edition; `decide` turns an Edition and a Reader into a Decision;
the site shows it. Imports run one way, and a test holds them to it:

    errors  <-  core  <-  territories  <-  sources  <-  site  <-  app, doctor  <-  cli

    errors.py       Problem and the WebappError tree
    settings.py     the environment, read once
    core/           pure decisions: languages, rules, decide, checks of a whole edition
    territories/    from vendor databases to one territory map, and looking it up
    sources/        config, articles and catalogs on disk, made into an Edition; the store that swaps it
    site/           the public reader site: asgi -> front door -> kept pages, or Flask's routes -> gate -> headers
    app.py          create_app(settings): assembly
    doctor/         the operator's self-check, from outside
    cli/            the `webapp` command
"""
