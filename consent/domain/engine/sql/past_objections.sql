FROM acts event
    WHERE true
